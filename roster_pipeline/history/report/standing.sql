-- one row per hold that is not over, those that wait for a decision first; for copies of any release
-- needs: sync.holds
SELECT hold_id, status, guard, message
FROM sync.holds
WHERE status <> 'cleared' AND applied_sync_id IS NULL
ORDER BY status <> 'open', hold_id
