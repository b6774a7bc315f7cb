-- the latest life of one hold: the one that stands, if any
SELECT
  applied_sync_id, cleared_because, h.status, decided_by, decided_at,
  decided_by IS NOT NULL AND coalesce(expires_at > $now::TIMESTAMP, true) AS is_decided
FROM sync.holds AS h JOIN sync.syncs AS s USING (sync_id)
WHERE hold_id = $hold_id
ORDER BY h.status <> 'cleared' AND applied_sync_id IS NULL DESC, sync_no DESC
LIMIT 1
