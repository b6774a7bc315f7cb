-- one row per rejected hold that still keeps changes of this plan back
-- needs: plan.changes, sync.holds
SELECT h.hold_id, h.guard, h.entity, h.site_id, count(*) AS changes, h.of, h."limit", h.fingerprint, h.message, false AS blocks
FROM sync.holds AS h JOIN plan.changes AS c ON c.held_by = h.hold_id
WHERE h.status = 'rejected' AND h.applied_sync_id IS NULL
GROUP BY ALL
ORDER BY h.hold_id
