-- one row per approval that let changes of this plan through
CREATE OR REPLACE TABLE plan.released (guard VARCHAR, fingerprint VARCHAR)
