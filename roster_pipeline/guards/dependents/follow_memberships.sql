-- holds the memberships of people whose school is held
-- needs: guards.waiting_people, plan.user_sites
UPDATE plan.user_sites AS m
SET held_by = w.held_by
FROM guards.waiting_people AS w
WHERE w.user_id = m.user_id AND m.held_by IS NULL
