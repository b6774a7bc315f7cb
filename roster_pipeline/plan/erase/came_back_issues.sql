-- one row per person who comes back after their data was erased
-- needs: plan.changes, sync.erasures
INSERT INTO sync.issues BY NAME
SELECT $sync_id AS sync_id, 'warning' AS severity, 'erased_came_back' AS code, 'users' AS entity, entity_id AS record_id, site_id,
  'This person''s data was erased, and Clever shares them again: restored under the same id, with what Clever sends now.' AS message
FROM plan.changes
WHERE entity = 'users' AND "action" = 'restore' AND held_by IS NULL
  AND entity_id IN (SELECT user_id::VARCHAR FROM sync.erasures)
