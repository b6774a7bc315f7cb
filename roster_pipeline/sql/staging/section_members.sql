-- one row per section, person and role as Clever lists them, people we cannot see included
CREATE OR REPLACE TABLE staging.section_members AS
WITH listed AS (
  SELECT clever_id AS section, 'student' AS role, unnest(list_distinct(students)) AS member, NULL AS primary_teacher
  FROM staging.section_records
  UNION ALL
  SELECT clever_id, 'teacher', unnest(list_distinct(coalesce(teachers, []) || [primary_teacher])), primary_teacher
  FROM staging.section_records
)
SELECT
  listed.section, listed.role, clean(listed.member) AS member,
  coalesce(clean(listed.member) = listed.primary_teacher, false) AS is_primary
FROM listed
SEMI JOIN staging.sections ON staging.sections.clever_id = listed.section
WHERE clean(listed.member) IS NOT NULL
