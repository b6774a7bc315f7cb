-- one row per hold, those that wait for a decision first
SELECT hold_id, status, guard, entity, site_id, changes, "of", "limit", message, sync_id, decided_by, decided_at, expires_at, reason
FROM sync.holds
WHERE $all OR (status IN ('open', 'rejected') OR (status = 'approved' AND applied_sync_id IS NULL))
ORDER BY status <> 'open', decided_at DESC, hold_id
