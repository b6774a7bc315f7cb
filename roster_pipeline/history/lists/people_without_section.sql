-- one row per student or teacher in force who is in no active section
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users
CREATE OR REPLACE VIEW roster.people_without_section AS
SELECT u.user_id, u.first_name, u.last_name, u.roles, u.grade, u.site_id, w.name AS site
FROM roster.users AS u LEFT JOIN roster.sites AS w ON w.site_id = u.site_id
WHERE u.enrollment_status <> 'archived' AND list_has_any(u.roles, ['student', 'teacher'])
  AND u.user_id NOT IN (
    SELECT e.user_id
    FROM roster.enrollments AS e JOIN roster.sections AS s ON s.section_id = e.section_id
    WHERE e.status = 'active' AND s.status = 'active'
  )
