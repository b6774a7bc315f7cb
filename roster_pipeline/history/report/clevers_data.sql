-- one row: when Clever last had new data, and what its last answers said of a pause or of old data; none before the first sync
-- needs: sync.issues, sync.syncs
SELECT
  s.clevers_data_at,
  coalesce((
    SELECT ': ' || string_agg(i.message, ' ' ORDER BY i.message) FROM sync.issues AS i
    WHERE i.sync_id = s.sync_id AND i.code IN ('paused', 'stale', 'district_error')
  ), '') AS clever_says
FROM sync.syncs AS s
WHERE s.trigger NOT IN ('mapping', 'undo', 'end', 'erase', 'override') AND s.status IN ('succeeded', 'held')
ORDER BY s.sync_no DESC
LIMIT 1
