-- one row per shared person whose id the roster does not know and who will be on it
CREATE OR REPLACE TABLE plan.new_people AS
SELECT
  i.user_id AS new_id, u.clever_id, u.sis_id, sis_role(u.roles) AS sis_role,
  list_contains(u.roles, 'student') AS is_student, lower(u.first_name || ' ' || u.last_name) AS name, lower(u.email) AS email
FROM (FROM desired.user_ids ANTI JOIN roster.users USING (user_id)) AS i
JOIN staging.users AS u ON u.clever_id = i.clever_id
WHERE list_contains(u.roles, 'district_admin') OR u.user_n IN (
  SELECT m.user_n
  FROM staging.user_sites AS m
  JOIN desired.sites AS w ON w.site_id = m.site_id AND w.enrollment_source = 'clever'
)
