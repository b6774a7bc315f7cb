-- one row per person whose id, ours or Clever's, this is: what keeps their data from being erased
-- needs: roster.sites, roster.user_sites, roster.users, staging.users
SELECT
  u.user_id::VARCHAR AS user_id, u.enrollment_status = 'archived' AS archived, {any_pii users} IS NULL AS erased,
  u.clever_id IN (SELECT clever_id FROM staging.users) AS shared,
  EXISTS (
    FROM roster.user_sites AS m JOIN roster.sites AS s USING (site_id)
    WHERE m.user_id = u.user_id AND m.status = 'active' AND s.enrollment_source = 'manual'
  ) AS at_manual_site
FROM roster.users AS u
WHERE lower($said) IN (u.user_id::VARCHAR, lower(u.clever_id))
ORDER BY user_id
