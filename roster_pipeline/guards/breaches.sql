-- one row per limit that was passed, at a site (or in the rest of the district) and in a role; `key` marks the changes until the hold has its id
CREATE OR REPLACE TABLE plan.breaches (
  key VARCHAR, guard VARCHAR, entity VARCHAR, site_id VARCHAR, role VARCHAR, changes BIGINT, in_force BIGINT, gone BIGINT,
  "limit" DOUBLE, by_count BOOLEAN
)
