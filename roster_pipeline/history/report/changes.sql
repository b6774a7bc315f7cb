-- one row per changed record of one sync
-- needs: sync.changes
SELECT entity, entity_id, site_id, action, before, after, held_by
FROM sync.changes
WHERE sync_id = $sync_id
  AND ($entity IS NULL OR entity = $entity)
  AND ($action IS NULL OR action = $action)
ORDER BY entity, action, entity_id
LIMIT $limit
