-- one row per unmapped section and course that might fit it, three at most; scored once per kind of section
-- needs: mapping.courses, roster.sections
CREATE OR REPLACE VIEW mapping.suggestions AS
WITH kinds AS (
  SELECT DISTINCT clever_course, subject, grade FROM roster.sections WHERE status = 'active' AND course_count = 0
),
scored AS (
  SELECT
    k.clever_course, k.subject, k.grade, c.course_id,
    coalesce(jaro_winkler_similarity(lower(k.clever_course), lower(c.title)), 0) AS title_likeness,
    coalesce(lower(k.subject) = lower(c.subject), false) AS same_subject,
    coalesce(lower(k.grade) = lower(c.grade), false) AS same_grade
  FROM kinds AS k CROSS JOIN mapping.courses AS c
  WHERE c.active
),
ranked AS (
  SELECT
    *, round(0.5 * title_likeness + 0.3 * same_subject::INTEGER + 0.2 * same_grade::INTEGER, 3) AS score,
    concat_ws(', ',
      format('title {:.0f} % alike', 100 * title_likeness),
      if(same_subject, 'same subject', NULL),
      if(same_grade, 'same grade', NULL)) AS reason
  FROM scored
  QUALIFY row_number() OVER (PARTITION BY clever_course, subject, grade ORDER BY score DESC, course_id) <= 3
)
SELECT s.section_id, r.course_id, r.score, r.reason
FROM roster.sections AS s
JOIN ranked AS r ON
  r.clever_course IS NOT DISTINCT FROM s.clever_course
  AND r.subject IS NOT DISTINCT FROM s.subject
  AND r.grade IS NOT DISTINCT FROM s.grade
WHERE s.status = 'active' AND s.course_count = 0 AND r.score >= 0.5
