-- adds one row per membership of a site that is protected or added, where Clever has none
-- needs: desired.sites, desired.user_sites, desired.users, plan.overrides
-- idle without: plan.overrides
INSERT INTO desired.user_sites BY NAME
SELECT DISTINCT o.user_id, o.site_id, coalesce(o.site_id = u.site_id, false) AS is_primary, 'active' AS status
FROM plan.overrides AS o
JOIN desired.users AS u ON u.user_id = o.user_id AND u.enrollment_status <> 'archived'
SEMI JOIN (FROM desired.sites WHERE status = 'confirmed') AS w ON w.site_id = o.site_id
ANTI JOIN desired.user_sites AS m ON m.user_id = o.user_id AND m.site_id = o.site_id
WHERE o.kind IN ('protect', 'add') AND o.counts
