-- one row per limit that was passed; `key` marks the changes until the hold has its id
CREATE OR REPLACE TABLE plan.trips (
  key VARCHAR, guard VARCHAR, entity VARCHAR, site_id VARCHAR, changes BIGINT, in_force BIGINT, "limit" DOUBLE,
  by_count BOOLEAN, fingerprint VARCHAR
)
