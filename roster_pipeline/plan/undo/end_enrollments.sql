-- ends enrollments whose person or section is not there after the undo: nobody is in a class without being there
-- needs: desired.enrollments, desired.sections, desired.users
UPDATE desired.enrollments
SET status = 'archived'
WHERE status = 'active'
  AND (
    user_id IN (SELECT user_id FROM desired.users WHERE enrollment_status = 'archived')
    OR section_id IN (SELECT section_id FROM desired.sections WHERE status <> 'active')
  )
