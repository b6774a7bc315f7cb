-- one row per site that would be archived
CREATE OR REPLACE TABLE plan.judged AS
SELECT rowid AS record, site_id, NULL::VARCHAR AS role FROM plan.sites WHERE action = 'archive' AND held_by IS NULL
