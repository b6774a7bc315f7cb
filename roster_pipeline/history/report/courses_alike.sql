-- one row per course of the catalog, or that hangs somewhere, whose id or title is like this, three at most, the likest first; `is_meant` when it has just this id
-- needs: mapping.courses, roster.section_courses
WITH known AS (
  SELECT course_id, title FROM mapping.courses
  UNION ALL
  SELECT DISTINCT course_id, course_id FROM roster.section_courses ANTI JOIN mapping.courses USING (course_id)
)
SELECT course_id, title, lower(course_id) = lower($said) AS is_meant
FROM known
ORDER BY is_meant DESC, greatest(jaro_winkler_similarity(lower(course_id), lower($said)), jaro_winkler_similarity(lower(title), lower($said))) DESC, course_id
LIMIT 3
