-- one row per kind of record, the gravest first: how many are in force and would not end by themselves with their term
-- needs: desired.sections, plan.enrollments, plan.sections, plan.sites, plan.users, roster.enrollments, roster.sections, roster.sites, roster.users
WITH people AS (
  SELECT roles FROM roster.users ANTI JOIN (FROM plan.users WHERE held_by IS NOT NULL) USING (user_id)
  WHERE enrollment_status <> 'archived'
),
sections AS (
  SELECT c.section_id
  FROM roster.sections AS c JOIN desired.sections AS w ON w.section_id = c.section_id AND w.status <> 'concluded'
  WHERE c.status = 'active' AND c.section_id NOT IN (SELECT section_id FROM plan.sections WHERE held_by IS NOT NULL)
)
SELECT kind, in_force
FROM (
  SELECT 'sites' AS kind, count(*) AS in_force FROM roster.sites WHERE status <> 'archived' AND enrollment_source = 'clever'
    AND site_id NOT IN (SELECT site_id FROM plan.sites WHERE held_by IS NOT NULL)
  UNION ALL
  SELECT 'students', count(*) FROM people WHERE list_contains(roles, 'student')
  UNION ALL
  SELECT 'teachers', count(*) FROM people WHERE list_contains(roles, 'teacher')
  UNION ALL
  SELECT 'sections', count(*) FROM sections
  UNION ALL
  SELECT 'enrollments', count(*)
  FROM (FROM roster.enrollments SEMI JOIN sections USING (section_id) WHERE status = 'active')
  ANTI JOIN (FROM plan.enrollments WHERE held_by IS NOT NULL) USING (section_id, user_id, role)
)
ORDER BY list_position(['sites', 'students', 'teachers', 'sections', 'enrollments'], kind)
