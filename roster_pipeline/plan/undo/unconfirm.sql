-- takes the confirmation from sites that wait for one again, because the sync that confirmed them was taken back
-- needs: desired.undone, roster.sites
UPDATE roster.sites
SET confirmed_at = NULL, confirmed_by = NULL
WHERE status <> 'confirmed'
  AND site_id IN (SELECT entity_id FROM desired.undone WHERE entity = 'sites' AND (action = 'create' OR before ->> '$.status' = 'new'))
