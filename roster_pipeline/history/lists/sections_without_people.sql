-- one row per active section without a teacher or without students
-- needs: roster.sections, roster.sites
CREATE OR REPLACE VIEW roster.sections_without_people AS
SELECT
  s.section_id, s.name AS section, s.site_id, w.name AS site, s.period, s.student_count, s.teacher_count, s.course_count
FROM roster.sections AS s LEFT JOIN roster.sites AS w ON w.site_id = s.site_id
WHERE s.status = 'active' AND (s.student_count = 0 OR s.teacher_count = 0)
