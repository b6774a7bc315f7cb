-- one row per site that is held back from beginning again, and the hold
CREATE OR REPLACE TABLE plan.undone_sites AS
SELECT site_id, held_by FROM plan.sites WHERE held_by IS NOT NULL AND action IN ('create', 'restore')
