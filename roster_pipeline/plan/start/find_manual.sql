-- one row per site that is called so, by id or name: whether its enrollments are ours, and how many people are on the roster there
-- needs: input.site_settings, roster.sites, roster.user_sites
SELECT
  s.site_id, s.status, coalesce(m.enrollment_source, 'clever') AS enrollment_source,
  (SELECT count(*) FROM roster.user_sites AS u WHERE u.site_id = s.site_id AND u.status = 'active') AS people
FROM roster.sites AS s
LEFT JOIN input.site_settings AS m ON m.site_id = lower(s.site_id)
WHERE lower($said) IN (lower(s.site_id), lower(s.name))
ORDER BY s.site_id
