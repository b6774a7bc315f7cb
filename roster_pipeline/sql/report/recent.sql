-- one row per sync, the last one applied first
SELECT
  *, status IN ('succeeded', 'held') AND pruned_at IS NULL AND created + updated + archived + restored > 0 AS can_be_undone
FROM sync.syncs
ORDER BY sync_no DESC
LIMIT $limit
