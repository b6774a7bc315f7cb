-- one row per hold of this plan; empty until the guards have looked
CREATE OR REPLACE TABLE plan.holds (
  hold_id VARCHAR, guard VARCHAR, entity VARCHAR, site_id VARCHAR, changes BIGINT, "of" BIGINT, "limit" DOUBLE,
  fingerprint VARCHAR, message VARCHAR, blocks BOOLEAN
)
