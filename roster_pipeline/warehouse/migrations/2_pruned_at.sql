-- one row per sync that changed something and whose counts are gone: its history was forgotten
-- needs: sync.change_counts, sync.syncs
UPDATE sync.syncs AS s
SET pruned_at = now()::TIMESTAMP
WHERE created + updated + archived + restored > 0 AND NOT EXISTS (FROM sync.change_counts AS c WHERE c.sync_id = s.sync_id)
