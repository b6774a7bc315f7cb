-- marks the syncs whose changes are forgotten, except those that a standing hold or a lasting undo needs
UPDATE sync.syncs
SET pruned_at = $now::TIMESTAMP
WHERE pruned_at IS NULL AND finished_at < $before::TIMESTAMP
  AND sync_id NOT IN (
    SELECT sync_id FROM sync.holds WHERE status <> 'cleared' AND applied_sync_id IS NULL
    UNION ALL
    SELECT undo_sync_id FROM sync.undone
    UNION ALL
    SELECT undoes FROM sync.syncs
    WHERE undoes IS NOT NULL AND (finished_at >= $before::TIMESTAMP OR sync_id IN (SELECT undo_sync_id FROM sync.undone))
  )
