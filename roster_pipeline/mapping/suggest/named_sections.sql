-- one row per active section that is called or numbered something; sections of a kind have the same names, subject and grade
-- needs: roster.sections
INSERT INTO temp.named_sections BY NAME
WITH named AS (
  SELECT
    section_id, course_count = 0 AS unmapped, taught(name, clever_course, period) AS name, clever_course, subject, grade,
    -- a number of which the district has several courses, such as N/A, tells nothing
    CASE
      WHEN min(lower(clever_course)) OVER same_number IS NOT DISTINCT FROM max(lower(clever_course)) OVER same_number
        THEN lower(course_number)
    END AS course_number
  FROM roster.sections
  WHERE status = 'active'
  WINDOW same_number AS (PARTITION BY lower(course_number))
)
SELECT
  *, dense_rank() OVER (ORDER BY lower(name), lower(clever_course), subject, grade) AS kind,
  if(course_number IS NULL, NULL, dense_rank() OVER (ORDER BY course_number, grade)) AS numbered,
  dense_rank() OVER (ORDER BY lower(name), lower(clever_course), subject, grade, course_number) AS alike
FROM named
WHERE name IS NOT NULL OR clever_course IS NOT NULL OR course_number IS NOT NULL
