-- one row per person who would be archived
CREATE OR REPLACE TABLE plan.judged AS
SELECT rowid AS record, site_id, main_role(roles) AS role FROM plan.users WHERE action = 'archive' AND held_by IS NULL
