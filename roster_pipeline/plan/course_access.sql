-- one row per user, section and course that the user sees through it
-- needs: roster.enrollments, roster.section_courses, roster.sections, roster.users
CREATE OR REPLACE VIEW roster.course_access AS
SELECT e.user_id, m.course_id, e.section_id, e.role, u.enrollment_status = 'active' AS can_be_assigned
FROM roster.enrollments AS e
JOIN roster.sections AS s ON s.section_id = e.section_id AND s.visible
JOIN roster.section_courses AS m ON m.section_id = e.section_id
JOIN roster.users AS u ON u.user_id = e.user_id
WHERE e.status = 'active'
