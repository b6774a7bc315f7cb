-- whoever belongs to a site until a date stays on the roster, though Clever shares them no more
-- needs: desired.sites, desired.users, input.logins, plan.overrides
-- idle without: plan.overrides
UPDATE desired.users AS u
SET site_id = stays.site_id, first_login_at = coalesce(u.first_login_at, stays.logged_in_at),
  enrollment_status = if(coalesce(u.first_login_at, stays.logged_in_at) IS NULL, 'pending', 'active')
FROM (
  SELECT
    o.user_id, min_by(o.site_id, if(o.site_id = d.site_id, '0', '1') || o.site_id) AS site_id,
    min(coalesce(by_clever_id.first_login_at, by_user_id.first_login_at)) AS logged_in_at
  FROM plan.overrides AS o
  JOIN desired.users AS d USING (user_id)
  SEMI JOIN (FROM desired.sites WHERE status = 'confirmed') AS w ON w.site_id = o.site_id
  ANTI JOIN (FROM plan.overrides WHERE kind = 'exclude' AND counts) AS e ON e.user_id = o.user_id
  LEFT JOIN input.logins AS by_clever_id ON by_clever_id.user_id = lower(d.clever_id)
  LEFT JOIN input.logins AS by_user_id ON by_user_id.platform_id = d.user_id
  WHERE o.kind IN ('protect', 'add') AND o.counts
  GROUP BY o.user_id
) AS stays
WHERE stays.user_id = u.user_id AND u.enrollment_status = 'archived'
