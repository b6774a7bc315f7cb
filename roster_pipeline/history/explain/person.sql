-- one row: a person as the roster and what was staged last have them
-- needs: roster.sites, roster.users, staging.users, sync.erasures
SELECT
  u.user_id IS NOT NULL AS on_roster, s.user_n IS NOT NULL AS shared, coalesce(u.first_name, s.first_name) AS first_name,
  coalesce(u.last_name, s.last_name) AS last_name, coalesce(u.roles, s.roles, []) AS roles, u.site_id, w.name AS site,
  u.enrollment_status AS status, u.first_login_at, u.archived_at, u.since_sync_id,
  CASE WHEN {any_pii users} IS NULL THEN
    (SELECT arg_max(e.sync_id, e.erased_at) FROM sync.erasures AS e WHERE e.user_id = u.user_id)
  END AS erased_by
FROM (SELECT $id::UUID AS user_id, $clever_id AS clever_id) AS asked
LEFT JOIN roster.users AS u USING (user_id)
LEFT JOIN roster.sites AS w USING (site_id)
LEFT JOIN staging.users AS s ON s.clever_id = asked.clever_id
