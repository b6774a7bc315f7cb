-- one row per enrollment that would be updated, and not only because its section changes to another site
-- needs: plan.enrollments
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, role FROM plan.enrollments WHERE action = 'update' AND held_by IS NULL AND json_keys(before) <> ['site_id']
