-- one row per sign of a broken extract in this plan; `accepted_by` is the approved hold that accepts it
CREATE OR REPLACE TABLE plan.signs (
  sign VARCHAR, entity VARCHAR, site_id VARCHAR, role VARCHAR, changes BIGINT, explains BOOLEAN, accepted_by VARCHAR
)
