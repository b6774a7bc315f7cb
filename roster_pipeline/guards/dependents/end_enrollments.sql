-- lets go of enrollments that end with their person or their section: nobody is in class who is not there, nor in a class that is over
-- needs: plan.enrollments, plan.sections, plan.users
UPDATE plan.enrollments
SET held_by = NULL
WHERE held_by IS NOT NULL AND action = 'archive'
  AND (
    user_id IN (SELECT user_id FROM plan.users WHERE action = 'archive' AND held_by IS NULL)
    OR section_id IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude') AND held_by IS NULL)
  )
