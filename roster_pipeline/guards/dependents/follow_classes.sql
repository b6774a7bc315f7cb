-- holds the classes, old and new, of people whose school or role is held
-- needs: guards.waiting_people, plan.enrollments, plan.sections
UPDATE plan.enrollments AS e
SET held_by = w.held_by
FROM guards.waiting_people AS w
WHERE w.user_id = e.user_id AND e.held_by IS NULL AND e.action <> 'update'
  AND e.section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude') AND held_by IS NULL)
