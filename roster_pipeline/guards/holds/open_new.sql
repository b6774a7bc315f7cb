-- adds the holds of this plan that do not stand already; an earlier life of the same hold keeps its row
-- needs: guards.holds, sync.holds
-- idle without: guards.holds
INSERT INTO sync.holds BY NAME
SELECT
  p.hold_id, $sync_id AS sync_id, p.guard, p.entity, p.site_id, p.changes, p.of, p."limit", p.fingerprint,
  'open' AS status, p.message
FROM guards.holds AS p
ANTI JOIN (FROM sync.holds WHERE status <> 'cleared' AND applied_sync_id IS NULL) AS h ON h.hold_id = p.hold_id
