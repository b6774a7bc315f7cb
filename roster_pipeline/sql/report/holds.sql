-- one row per hold, those that wait for a decision first
SELECT
  hold_id, h.status, guard, entity, site_id, changes, "of", "limit", message, sync_id, decided_by, decided_at, expires_at,
  reason, applied_sync_id, cleared_because
FROM sync.holds AS h LEFT JOIN (SELECT sync_id, sync_no FROM sync.syncs) USING (sync_id)
WHERE $all OR (status <> 'cleared' AND applied_sync_id IS NULL)
ORDER BY status <> 'open', decided_at DESC, sync_no DESC, hold_id
