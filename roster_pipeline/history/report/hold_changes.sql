-- one row per record that a hold keeps back, as it was when the hold was last opened
-- needs: sync.change_log, sync.holds, sync.syncs
SELECT entity, entity_id, site_id, action, before, after
FROM sync.change_log
WHERE held_by = $hold_id AND sync_id = (
  SELECT arg_max(sync_id, sync_no) FROM sync.holds JOIN sync.syncs USING (sync_id) WHERE hold_id = $hold_id
)
ORDER BY entity, action, entity_id
LIMIT $limit
