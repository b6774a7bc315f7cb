-- one row per person who would be relinked without asking anybody
-- needs: guards.relinks, roster.users
INSERT INTO guards.judged BY NAME
SELECT r.rowid AS record, r.site_id, main_role(u.roles) AS role
FROM guards.relinks AS r JOIN roster.users AS u ON u.user_id = r.id
WHERE r.entity = 'users' AND r.verdict = 'relink' AND r.decided_by IS NULL
