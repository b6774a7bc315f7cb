-- one row per person ever seen; who has no synced site any more stays as they were at one that is manual, and is archived elsewhere
-- needs: desired.sites, identity.users, input.logins, roster.user_sites, roster.users, staging.user_sites, staging.users, sync.erasures
INSERT INTO desired.users BY NAME
WITH synced_site AS (
  SELECT m.user_n, min_by(m.site_id, if(m.is_primary, '0', '1') || m.site_id) AS site_id
  FROM staging.user_sites AS m
  SEMI JOIN (FROM desired.sites WHERE enrollment_source = 'clever' AND status = 'confirmed') AS synced USING (site_id)
  GROUP BY m.user_n
),
kept AS (
  SELECT m.user_id, min_by(m.site_id, if(m.is_primary, '0', '1') || m.site_id) AS site_id
  FROM roster.user_sites AS m
  SEMI JOIN (FROM desired.sites WHERE enrollment_source = 'manual' AND status = 'confirmed') AS manual USING (site_id)
  WHERE m.status = 'active'
  GROUP BY m.user_id
),
shared AS (
  SELECT
    i.user_id, u.*, synced_site.site_id,
    coalesce(c.first_login_at, by_clever_id.first_login_at, by_user_id.first_login_at) AS first_login_at
  FROM staging.users AS u
  JOIN identity.users AS i ON i.user_n = u.user_n
  LEFT JOIN synced_site ON synced_site.user_n = u.user_n
  LEFT JOIN roster.users AS c ON c.user_id = i.user_id
  LEFT JOIN input.logins AS by_clever_id ON by_clever_id.user_id = lower(u.clever_id)
  LEFT JOIN input.logins AS by_user_id ON by_user_id.platform_id = i.user_id
  WHERE (
    synced_site.site_id IS NOT NULL
    OR (list_contains(u.roles, 'district_admin') AND EXISTS (FROM desired.sites WHERE enrollment_source = 'clever' AND status = 'confirmed'))
  )
  -- what was staged of somebody was erased with the rest of them: until Clever is asked again, there is nothing to show
  AND NOT ({any_pii users} IS NULL AND i.user_id IN (SELECT user_id FROM sync.erasures))
)
SELECT *, if(first_login_at IS NULL, 'pending', 'active') AS enrollment_status
FROM shared
UNION ALL BY NAME
SELECT c.* EXCLUDE (first_synced_at, archived_at, since_sync_id) REPLACE (
  coalesce(kept.site_id, c.site_id) AS site_id,
  if(kept.site_id IS NULL, 'archived', c.enrollment_status) AS enrollment_status
)
FROM roster.users AS c ANTI JOIN shared USING (user_id) LEFT JOIN kept ON kept.user_id = c.user_id
