-- one row per course that people have decided about, that hangs somewhere, or that was in the catalog before, as its id was written first
-- needs: mapping.courses, mapping.decisions, roster.section_courses
WITH written AS (
  SELECT course_id, no FROM mapping.decisions
  UNION ALL
  SELECT DISTINCT course_id, 9223372036854775806 FROM roster.section_courses
  UNION ALL
  SELECT course_id, 9223372036854775807 FROM mapping.courses
)
SELECT lower(course_id) AS said, arg_min(course_id, (no, course_id)) AS course_id
FROM written
GROUP BY said
