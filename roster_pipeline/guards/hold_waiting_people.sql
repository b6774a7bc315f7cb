-- holds the new people who may be known ones, and the known ones who would be archived for it
-- needs: guards.decided, guards.waiting, plan.users
UPDATE plan.users AS u
SET held_by = w.held_by
FROM guards.waiting AS w
WHERE w.entity = 'users' AND w.id = u.user_id AND u.action IN ('create', 'archive') AND u.held_by IS NULL
  AND u.user_id::VARCHAR NOT IN (
    SELECT entity_id FROM guards.decided WHERE guard = 'relink_ambiguous' AND entity = 'users' AND status = 'approved'
  )
