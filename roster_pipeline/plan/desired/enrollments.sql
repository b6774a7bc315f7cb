-- one row per section, person and role; in force only while the section is active
-- needs: desired.sections, desired.users, staging.memberships
INSERT INTO desired.enrollments BY NAME
SELECT s.section_id, u.user_id, m.role, s.site_id, m.is_primary, if(s.status = 'active', 'active', 'archived') AS status
FROM staging.memberships AS m
JOIN desired.sections AS s USING (section_n)
JOIN desired.users AS u USING (user_n)
