-- one row per enrollment that would be updated, and not only because its section changes to another site
CREATE OR REPLACE TABLE plan.judged AS
SELECT rowid AS record, site_id, role FROM plan.enrollments WHERE action = 'update' AND held_by IS NULL AND json_keys(before) <> ['site_id']
