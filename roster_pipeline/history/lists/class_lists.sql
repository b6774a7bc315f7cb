-- one row per teacher, active section and student in it
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users
CREATE OR REPLACE VIEW roster.class_lists AS
SELECT
  t.user_id AS teacher_id, teacher.first_name AS teacher_first_name, teacher.last_name AS teacher_last_name, t.is_primary,
  s.section_id, s.name AS section, s.site_id, w.name AS site, s.period, e.user_id AS student_id, u.first_name, u.last_name,
  u.grade, u.enrollment_status
FROM roster.enrollments AS t
JOIN roster.users AS teacher ON teacher.user_id = t.user_id
JOIN roster.sections AS s ON s.section_id = t.section_id AND s.status = 'active'
LEFT JOIN roster.sites AS w ON w.site_id = s.site_id
JOIN roster.enrollments AS e ON e.section_id = t.section_id AND e.role = 'student' AND e.status = 'active'
JOIN roster.users AS u ON u.user_id = e.user_id
WHERE t.role = 'teacher' AND t.status = 'active'
