-- the one sync that is named, or the last one applied
-- needs: sync.syncs
SELECT
  *, status IN ('succeeded', 'held') AND pruned_at IS NULL AND created + updated + archived + restored > 0 AS can_be_undone,
  (SELECT arg_max(u.sync_id, u.sync_no) FROM sync.syncs AS u WHERE u.undoes = s.sync_id AND u.status = 'succeeded') AS undone_by
FROM sync.syncs AS s
WHERE $sync_id IS NULL OR starts_with(sync_id, $sync_id)
ORDER BY sync_no DESC
LIMIT 1
