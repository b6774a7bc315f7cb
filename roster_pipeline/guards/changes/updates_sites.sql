-- one row per site that would be updated
-- needs: plan.sites
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, NULL::VARCHAR AS role FROM plan.sites WHERE action = 'update' AND held_by IS NULL
