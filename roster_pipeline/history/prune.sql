-- marks the syncs whose changes are forgotten, except those that a standing hold, a lasting undo or the next sync's guards need
-- needs: sync.holds, sync.syncs, sync.undone
UPDATE sync.syncs
SET pruned_at = $now::TIMESTAMP
WHERE pruned_at IS NULL AND finished_at < $before::TIMESTAMP
  AND sync_id NOT IN (
    SELECT sync_id FROM sync.holds WHERE status <> 'cleared' AND applied_sync_id IS NULL
    UNION ALL
    SELECT undo_sync_id FROM sync.undone
    UNION ALL
    -- whose quarantine the next is compared with
    SELECT arg_max(sync_id, sync_no) FROM sync.syncs
    WHERE trigger NOT IN ('undo', 'erase') AND (status = 'succeeded' OR (status = 'held' AND created + updated + archived + restored > 0))
    UNION ALL
    SELECT undoes FROM sync.syncs
    WHERE undoes IS NOT NULL AND (finished_at >= $before::TIMESTAMP OR sync_id IN (SELECT undo_sync_id FROM sync.undone))
  )
