-- holds the change of school of people whose memberships are held
-- needs: guards.waiting_people, plan.users
UPDATE plan.users AS u
SET held_by = w.held_by
FROM guards.waiting_people AS w
WHERE w.user_id = u.user_id AND u.held_by IS NULL AND u.action = 'update' AND u.before ->> '$.site_id' IS NOT NULL
