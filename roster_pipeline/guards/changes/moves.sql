-- one row per person who would leave a site for another
-- needs: plan.user_sites, plan.users
INSERT INTO guards.judged BY NAME
SELECT m.rowid AS record, m.site_id, NULL::VARCHAR AS role
FROM plan.user_sites AS m
WHERE m.action = 'archive' AND m.held_by IS NULL
  AND m.user_id IN (SELECT user_id FROM plan.user_sites WHERE action IN ('create', 'restore'))
  AND m.user_id NOT IN (SELECT user_id FROM plan.users WHERE held_by IS NOT NULL)
