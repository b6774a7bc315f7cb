-- lets go of memberships that end with their person
-- needs: plan.user_sites, plan.users
UPDATE plan.user_sites
SET held_by = NULL
WHERE held_by IS NOT NULL AND action = 'archive'
  AND user_id IN (SELECT user_id FROM plan.users WHERE action = 'archive' AND held_by IS NULL)
