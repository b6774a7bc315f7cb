-- one row per course of the catalog that the text may mean, by its id or title; one that only hangs on sections is not in the catalog any more
-- needs: mapping.courses, roster.section_courses
WITH known AS (
  SELECT course_id, title, active FROM mapping.courses
  UNION ALL
  SELECT DISTINCT course_id, NULL, NULL FROM roster.section_courses ANTI JOIN mapping.courses USING (course_id)
)
SELECT
  course_id, title, active, lower(course_id) = $asked OR coalesce(lower(title) = $asked, false) AS is_meant,
  greatest(jaro_winkler_similarity(lower(course_id), $asked), coalesce(jaro_winkler_similarity(lower(title), $asked), 0)) AS likeness
FROM known
ORDER BY is_meant DESC, likeness DESC, course_id
LIMIT 5
