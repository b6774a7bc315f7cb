-- one row per membership that would be updated
-- needs: plan.user_sites, roster.users
INSERT INTO guards.judged BY NAME
SELECT m.rowid AS record, m.site_id, main_role(u.roles) AS role
FROM plan.user_sites AS m JOIN roster.users AS u USING (user_id)
WHERE m.action = 'update' AND m.held_by IS NULL
