-- who approved a loss that had added up has settled the sum: the guards count anew from here
-- needs: sync.hold_parts, sync.holds, sync.turnover
-- idle without: sync.holds
DELETE FROM sync.turnover AS t
USING sync.holds AS h, sync.hold_parts AS p
WHERE h.guard = 'losses' AND h.applied_sync_id = $sync_id AND p.hold_id = h.hold_id AND p.sync_id = h.sync_id
  AND t.entity = h.entity AND t.role IS NOT DISTINCT FROM p.role AND (p.site_id IS NULL OR p.site_id = t.site_id)
