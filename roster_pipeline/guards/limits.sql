-- one row per site with limits of its own, and one for the district; a limit that is not set has no key
CREATE OR REPLACE TABLE plan.limits (site_id VARCHAR, own_window BOOLEAN, expected BOOLEAN, limits MAP(VARCHAR, DECIMAL(12, 3)))
