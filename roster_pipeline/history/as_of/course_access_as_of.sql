-- one row per user, section and course that the user saw through it, as at the end of a day
-- needs: roster.enrollments_as_of, roster.section_courses_as_of, roster.sections_as_of, roster.users_as_of
CREATE OR REPLACE MACRO roster.course_access_as_of(day) AS TABLE
SELECT e.user_id, m.course_id, e.section_id, e.role, u.enrollment_status = 'active' AS can_be_assigned
FROM roster.enrollments_as_of(day) AS e
JOIN roster.sections_as_of(day) AS s ON s.section_id = e.section_id AND s.status = 'active'
JOIN roster.section_courses_as_of(day) AS m ON m.section_id = e.section_id
JOIN roster.users_as_of(day) AS u ON u.user_id = e.user_id
WHERE e.status = 'active'
