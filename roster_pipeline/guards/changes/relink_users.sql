-- one row per person who would be relinked without asking anybody
CREATE OR REPLACE TABLE plan.judged AS
SELECT r.rowid AS record, r.site_id, main_role(u.roles) AS role
FROM plan.relinks AS r JOIN roster.users AS u ON u.user_id = r.id
WHERE r.entity = 'users' AND r.verdict = 'apply' AND r.decided_by IS NULL
