-- one row per site that would be updated
CREATE OR REPLACE TABLE plan.judged AS
SELECT rowid AS record, site_id, NULL::VARCHAR AS role FROM plan.sites WHERE action = 'update' AND held_by IS NULL
