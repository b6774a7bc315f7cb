-- holds memberships that begin, end, or become primary only because a held person does
-- needs: plan.user_sites, plan.users
UPDATE plan.user_sites AS m
SET held_by = u.held_by
FROM plan.users AS u
WHERE u.user_id = m.user_id AND u.held_by IS NOT NULL AND m.held_by IS NULL
  AND (u.action NOT IN ('update', 'relink') OR m.action = 'update')
