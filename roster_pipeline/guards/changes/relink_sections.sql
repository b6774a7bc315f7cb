-- one row per section that would be relinked without asking anybody
CREATE OR REPLACE TABLE plan.judged AS
SELECT rowid AS record, site_id, NULL::VARCHAR AS role
FROM plan.relinks WHERE entity = 'sections' AND verdict = 'apply' AND decided_by IS NULL
