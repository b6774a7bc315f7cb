-- one row per record that a hold keeps back, as it was when the hold was last opened
SELECT entity, entity_id, site_id, action, before, after
FROM sync.change_log
WHERE held_by = $hold_id AND sync_id = (SELECT max(sync_id) FROM sync.holds WHERE hold_id = $hold_id)
ORDER BY entity, action, entity_id
LIMIT $limit
