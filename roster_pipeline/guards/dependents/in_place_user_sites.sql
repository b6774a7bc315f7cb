-- holds the memberships that begin in place of one that is held
-- needs: plan.user_sites
UPDATE plan.user_sites AS m
SET held_by = h.held_by
FROM (SELECT user_id, min(held_by) AS held_by FROM plan.user_sites WHERE action = 'archive' AND held_by IS NOT NULL GROUP BY user_id) AS h
WHERE h.user_id = m.user_id AND m.held_by IS NULL AND m.action IN ('create', 'restore')
