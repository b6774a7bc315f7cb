-- one row per membership that would end although the person stays and comes to no other site
-- needs: plan.user_sites, plan.users, roster.users
INSERT INTO guards.judged BY NAME
SELECT m.rowid AS record, m.site_id, main_role(u.roles) AS role
FROM plan.user_sites AS m JOIN roster.users AS u USING (user_id)
WHERE m.action = 'archive' AND m.held_by IS NULL
  AND m.user_id NOT IN (SELECT user_id FROM plan.users WHERE action = 'archive')
  AND m.user_id NOT IN (SELECT user_id FROM plan.user_sites WHERE action IN ('create', 'restore'))
