-- the sections that this plan touches and whose counts are others now, as they should be
-- needs: plan.enrollments, plan.section_courses, plan.sections, roster.enrollments, roster.section_courses, roster.sections
INSERT INTO temp.counted_sections BY NAME
WITH touched AS MATERIALIZED (
  SELECT section_id FROM plan.sections
  UNION SELECT section_id FROM plan.enrollments
  UNION SELECT section_id FROM plan.section_courses
),
people AS (
  SELECT section_id, count(*) FILTER (role = 'student') AS students, count(*) FILTER (role = 'teacher') AS teachers
  FROM roster.enrollments SEMI JOIN touched USING (section_id)
  WHERE status = 'active'
  GROUP BY section_id
),
mapped AS (
  SELECT section_id, count(*) AS courses
  FROM roster.section_courses SEMI JOIN touched USING (section_id)
  GROUP BY section_id
),
counted AS (
  SELECT
    section_id, coalesce(students, 0)::INTEGER AS students, coalesce(teachers, 0)::INTEGER AS teachers,
    coalesce(courses, 0)::INTEGER AS courses
  FROM touched LEFT JOIN people USING (section_id) LEFT JOIN mapped USING (section_id)
),
renewed AS (
  SELECT
    section_id, students, teachers, courses, s.status = 'active' AND courses > 0 AS visible,
    CASE WHEN s.status = 'active' AND courses = 0 THEN coalesce(s.unmapped_since, $started_at::TIMESTAMP) END AS unmapped_since
  FROM roster.sections AS s JOIN counted USING (section_id)
)
SELECT s.* REPLACE (
  r.students AS student_count, r.teachers AS teacher_count, r.courses AS course_count, r.visible AS visible,
  r.unmapped_since AS unmapped_since
)
FROM roster.sections AS s JOIN renewed AS r USING (section_id)
WHERE (s.student_count, s.teacher_count, s.course_count, s.visible, s.unmapped_since)
  IS DISTINCT FROM (r.students, r.teachers, r.courses, r.visible, r.unmapped_since)
