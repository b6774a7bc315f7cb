-- one row per membership that would be updated
CREATE OR REPLACE TABLE plan.judged AS
SELECT m.rowid AS record, m.site_id, main_role(u.roles) AS role
FROM plan.user_sites AS m JOIN roster.users AS u USING (user_id)
WHERE m.action = 'update' AND m.held_by IS NULL
