-- one row per change of one record, over all syncs
-- needs: sync.changes, sync.syncs
SELECT s.sync_id, s.started_at, s.trigger, c.entity, c.action, c.before, c.after, c.held_by
FROM sync.changes AS c JOIN sync.syncs AS s USING (sync_id)
WHERE c.entity_id = $entity_id
ORDER BY s.sync_no
