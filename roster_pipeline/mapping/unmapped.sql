-- one row per active section without a course
-- needs: roster.sections
CREATE OR REPLACE VIEW mapping.unmapped AS
SELECT section_id, site_id, name, student_count AS students, teacher_count AS teachers, unmapped_since AS since
FROM roster.sections
WHERE status = 'active' AND course_count = 0
