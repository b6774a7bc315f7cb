-- one row per person who would be archived
-- needs: plan.users
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, main_role(roles) AS role FROM plan.users WHERE action = 'archive' AND held_by IS NULL
