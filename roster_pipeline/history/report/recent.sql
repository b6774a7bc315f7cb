-- one row per sync, the last one applied first; `site_names` of those it was asked for, empty for the whole district
-- needs: roster.sites, sync.syncs
SELECT
  *, status IN ('succeeded', 'held') AND pruned_at IS NULL AND created + updated + archived + restored > 0 AS can_be_undone,
  (SELECT arg_max(u.sync_id, u.sync_no) FROM sync.syncs AS u WHERE u.undoes = s.sync_id AND u.status = 'succeeded') AS undone_by,
  (
    SELECT coalesce(list(coalesce(r.name, asked.site_id) ORDER BY r.name), [])
    FROM (SELECT unnest(s.sites) AS site_id) AS asked LEFT JOIN roster.sites AS r USING (site_id)
  ) AS site_names
FROM sync.syncs AS s
ORDER BY sync_no DESC
LIMIT $limit
