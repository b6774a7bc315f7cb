-- leaves alone what a standing undo has put back already, and nothing has changed since
-- needs: desired.undone, sync.change_log, sync.syncs
DELETE FROM desired.undone
WHERE (entity, entity_id) IN (
  SELECT (entity, entity_id)
  FROM sync.change_log JOIN sync.syncs USING (sync_id)
  WHERE held_by IS NULL
  GROUP BY entity, entity_id HAVING arg_max(sync_id, sync_no) = $undo
)
