-- one row per active section that is called something; sections of a kind have the same names, subject and grade
-- needs: roster.sections
INSERT INTO temp.named_sections BY NAME
WITH named AS (
  SELECT section_id, course_count = 0 AS unmapped, taught(name, clever_course, period) AS name, clever_course, subject, grade
  FROM roster.sections
  WHERE status = 'active'
)
SELECT *, dense_rank() OVER (ORDER BY lower(name), lower(clever_course), subject, grade) AS kind
FROM named
WHERE name IS NOT NULL OR clever_course IS NOT NULL
