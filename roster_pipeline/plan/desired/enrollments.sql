-- one row per section, person and role; in force only while the section is active; those of a manual site stay
-- needs: desired.sections, desired.sites, desired.users, roster.enrollments, staging.memberships
INSERT INTO desired.enrollments BY NAME
SELECT s.section_id, u.user_id, m.role, s.site_id, m.is_primary, if(s.status = 'active', 'active', 'archived') AS status
FROM staging.memberships AS m
JOIN desired.sections AS s USING (section_n)
JOIN desired.users AS u USING (user_n)
UNION ALL
SELECT e.section_id, e.user_id, e.role, e.site_id, e.is_primary, e.status
FROM roster.enrollments AS e
JOIN desired.sections AS s ON s.section_id = e.section_id AND s.section_n IS NULL AND s.status = 'active'
SEMI JOIN (FROM desired.sites WHERE enrollment_source = 'manual' AND status = 'confirmed') AS manual ON manual.site_id = s.site_id
SEMI JOIN (FROM desired.users WHERE enrollment_status <> 'archived') AS u ON u.user_id = e.user_id
WHERE e.status = 'active'
