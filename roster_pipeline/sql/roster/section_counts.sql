-- brings what is counted on a section up to date, for the sections that this plan touches
UPDATE roster.sections AS s
SET
  student_count = n.students,
  teacher_count = n.teachers,
  course_count = n.courses,
  visible = s.status = 'active' AND n.courses > 0,
  unmapped_since = CASE WHEN s.status = 'active' AND n.courses = 0 THEN coalesce(s.unmapped_since, $started_at::TIMESTAMP) END
FROM (
  WITH touched AS MATERIALIZED (
    SELECT section_id FROM plan.sections
    UNION SELECT section_id FROM plan.enrollments
    UNION SELECT section_id FROM plan.section_courses
  ),
  people AS MATERIALIZED (
    SELECT section_id, count(*) FILTER (role = 'student') AS students, count(*) FILTER (role = 'teacher') AS teachers
    FROM roster.enrollments SEMI JOIN touched USING (section_id)
    WHERE status = 'active'
    GROUP BY section_id
  ),
  mapped AS (
    SELECT section_id, count(*) AS courses
    FROM roster.section_courses SEMI JOIN touched USING (section_id)
    GROUP BY section_id
  )
  SELECT
    section_id, coalesce(students, 0) AS students, coalesce(teachers, 0) AS teachers, coalesce(courses, 0) AS courses
  FROM touched LEFT JOIN people USING (section_id) LEFT JOIN mapped USING (section_id)
) AS n
WHERE n.section_id = s.section_id
