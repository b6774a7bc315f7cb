-- the latest life of one hold: the one that stands, if any
-- needs: sync.hold_parts, sync.holds, sync.syncs
SELECT
  applied_sync_id, cleared_because, h.status, decided_by, decided_at,
  decided_by IS NOT NULL AND coalesce(expires_at > $now::TIMESTAMP, true) AS is_decided, coalesce(h.sites, []) AS sites,
  (SELECT coalesce(list(DISTINCT p.site_id ORDER BY p.site_id), []) FROM sync.hold_parts AS p
   WHERE p.hold_id = h.hold_id AND p.sync_id = h.sync_id AND p.site_id IS NOT NULL) AS parts
FROM sync.holds AS h JOIN sync.syncs AS s USING (sync_id)
WHERE hold_id = $hold_id
ORDER BY h.status <> 'cleared' AND applied_sync_id IS NULL DESC, sync_no DESC
LIMIT 1
