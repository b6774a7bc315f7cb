-- holds the new people who may be known ones, and the known ones who would be archived for it
UPDATE plan.users AS u
SET held_by = w.key
FROM plan.waiting AS w
WHERE w.entity = 'users' AND w.id = u.user_id AND u.action IN ('create', 'archive') AND u.held_by IS NULL
