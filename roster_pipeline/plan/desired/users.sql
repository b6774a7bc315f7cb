-- one row per person ever seen; who has no synced site any more is archived as they were
CREATE OR REPLACE TABLE desired.users AS
WITH synced_site AS (
  SELECT m.user_n, min_by(m.site_id, if(m.is_primary, '0', '1') || m.site_id) AS site_id
  FROM staging.user_sites AS m
  JOIN desired.sites AS w ON w.site_id = m.site_id AND w.enrollment_source = 'clever'
  GROUP BY m.user_n
),
shared AS (
  SELECT
    i.user_n, i.user_id, u.clever_id, u.roles, synced_site.site_id, u.first_name, u.last_name, u.email, u.grade, u.sis_id,
    coalesce(c.first_login_at, by_clever_id.first_login_at, by_user_id.first_login_at) AS first_login_at
  FROM staging.users AS u
  JOIN desired.user_ids AS i ON i.user_n = u.user_n
  LEFT JOIN synced_site ON synced_site.user_n = u.user_n
  LEFT JOIN roster.users AS c ON c.user_id = i.user_id
  LEFT JOIN input.logins AS by_clever_id ON by_clever_id.user_id = lower(u.clever_id)
  LEFT JOIN input.logins AS by_user_id ON by_user_id.platform_id = i.user_id
  WHERE synced_site.site_id IS NOT NULL
    OR (list_contains(u.roles, 'district_admin') AND EXISTS (FROM desired.sites WHERE enrollment_source = 'clever'))
)
SELECT
  user_n, user_id, clever_id, roles, site_id, first_name, last_name, email, grade, sis_id,
  if(first_login_at IS NULL, 'pending', 'active') AS enrollment_status, first_login_at
FROM shared
UNION ALL
SELECT
  NULL, user_id, clever_id, roles, site_id, first_name, last_name, email, grade, sis_id, 'archived', first_login_at
FROM roster.users ANTI JOIN shared USING (user_id)
