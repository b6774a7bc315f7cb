-- one row per kind of record: how many are in force and would not end by themselves with their term
WITH sections AS (
  SELECT c.section_id
  FROM roster.sections AS c JOIN wanted.sections AS w ON w.section_id = c.section_id AND w.status <> 'concluded'
  WHERE c.status = 'active'
)
SELECT 'sites' AS kind, count(*) AS in_force FROM roster.sites WHERE status <> 'archived' AND enrollment_source = 'clever'
UNION ALL
SELECT 'students', count(*) FROM roster.users WHERE enrollment_status <> 'archived' AND list_contains(roles, 'student')
UNION ALL
SELECT 'teachers', count(*) FROM roster.users WHERE enrollment_status <> 'archived' AND list_contains(roles, 'teacher')
UNION ALL
SELECT 'sections', count(*) FROM sections
UNION ALL
SELECT 'enrollments', count(*) FROM roster.enrollments SEMI JOIN sections USING (section_id) WHERE status = 'active'
