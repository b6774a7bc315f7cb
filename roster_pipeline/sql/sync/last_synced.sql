-- moves "last synced" of the sites that this sync covered, except where something is held
UPDATE roster.sites
SET last_synced_at = $at::TIMESTAMP
WHERE enrollment_source = 'clever' AND status <> 'archived'
  AND (len($sites) = 0 OR list_contains($sites, site_id))
  AND site_id NOT IN (SELECT site_id FROM plan.counts WHERE held_by IS NOT NULL AND site_id IS NOT NULL)
  AND NOT EXISTS (FROM plan.holds WHERE blocks)
