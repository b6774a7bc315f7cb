-- one row per hold of this plan and site, role or sign; empty until the guards have looked
CREATE OR REPLACE TABLE plan.hold_parts (
  hold_id VARCHAR, site_id VARCHAR, role VARCHAR, sign VARCHAR, changes BIGINT, "of" BIGINT
)
