-- one row per hold with its parts, those that wait for a decision first
-- needs: roster.sites, sync.hold_parts, sync.holds, sync.syncs
WITH parts AS (
  SELECT
    hold_id, sync_id,
    list(
      {'site_id': p.site_id, 'site': s.name, 'role': p.role, 'sign': p.sign, 'changes': p.changes, 'of': p.of}
      ORDER BY p.changes DESC, p.site_id, p.role
    ) AS parts
  FROM sync.hold_parts AS p LEFT JOIN roster.sites AS s USING (site_id)
  GROUP BY ALL
)
SELECT
  hold_id, h.status, guard, entity, site_id, changes, "of", "limit", message, sync_id, decided_by, decided_at, expires_at,
  reason, coalesce(h.sites, []) AS sites, applied_sync_id, cleared_because, coalesce(parts.parts, []) AS parts
FROM sync.holds AS h
LEFT JOIN (SELECT sync_id, sync_no FROM sync.syncs) USING (sync_id)
LEFT JOIN parts USING (hold_id, sync_id)
WHERE $all OR (status <> 'cleared' AND applied_sync_id IS NULL)
ORDER BY status <> 'open', decided_at DESC, sync_no DESC, hold_id
