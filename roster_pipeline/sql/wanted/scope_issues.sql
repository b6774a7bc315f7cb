-- one row per section with people who are shared but belong to no synced site
CREATE OR REPLACE TABLE wanted.scope_issues AS
SELECT 'warning' AS severity, 'members_not_on_clever' AS code, 'enrollments' AS entity, e.section AS record_id, s.site_id,
  format('The section lists {} people who belong only to sites that are not on Clever; left out.', count(*)) AS message
FROM staging.enrollments AS e
JOIN wanted.sections AS s ON s.clever_id = e.section AND s.status = 'active'
ANTI JOIN (FROM wanted.users WHERE enrollment_status <> 'archived') AS u ON u.clever_id = e.member
GROUP BY e.section, s.site_id
