-- one row per person and site they belong to; at a manual one they stay
-- needs: desired.sites, desired.users, roster.user_sites, staging.user_sites
INSERT INTO desired.user_sites BY NAME
SELECT u.user_id, m.site_id, m.site_id = u.site_id AS is_primary, 'active' AS status
FROM staging.user_sites AS m
JOIN desired.sites AS w ON w.site_id = m.site_id AND w.enrollment_source = 'clever' AND w.status = 'confirmed'
JOIN desired.users AS u ON u.user_n = m.user_n
UNION ALL
SELECT m.user_id, m.site_id, m.site_id = u.site_id, m.status
FROM roster.user_sites AS m
JOIN desired.sites AS w ON w.site_id = m.site_id AND w.enrollment_source = 'manual' AND w.status = 'confirmed'
JOIN desired.users AS u ON u.user_id = m.user_id
WHERE m.status = 'active'
