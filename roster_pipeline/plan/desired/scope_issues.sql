-- one row per section with people who are shared but belong to no synced site
-- needs: desired.sections, desired.users, staging.memberships, staging.users
INSERT INTO desired.scope_issues BY NAME
WITH out_of_scope AS (
  SELECT user_n FROM staging.users ANTI JOIN desired.users USING (user_n)
)
SELECT 'warning' AS severity, 'members_not_on_clever' AS code, 'enrollments' AS entity, s.clever_id AS record_id, s.site_id,
  format('The section lists {} people who belong only to sites that are not on Clever; left out.', count(*)) AS message
FROM staging.memberships
SEMI JOIN out_of_scope USING (user_n)
JOIN (FROM desired.sections WHERE status = 'active') AS s USING (section_n)
GROUP BY s.clever_id, s.site_id
