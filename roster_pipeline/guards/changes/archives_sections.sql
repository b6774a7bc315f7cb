-- one row per section that would be archived
-- needs: plan.sections
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, NULL::VARCHAR AS role FROM plan.sections WHERE action = 'archive' AND held_by IS NULL
