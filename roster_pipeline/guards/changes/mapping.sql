-- one row per course that would be taken off a section that stays, whether or not another takes its place
-- needs: plan.section_courses, plan.sections
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, NULL::VARCHAR AS role
FROM plan.section_courses
WHERE action = 'archive' AND held_by IS NULL
  AND section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude'))
