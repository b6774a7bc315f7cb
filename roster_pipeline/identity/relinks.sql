-- one row per record of the roster and Clever id under which it seems to come back; `decided_by` is the hold in which somebody decided
CREATE OR REPLACE TABLE plan.relinks (
  entity VARCHAR, id UUID, new_id UUID, old_clever_id VARCHAR, new_clever_id VARCHAR, site_id VARCHAR, evidence VARCHAR,
  verdict VARCHAR, held_by VARCHAR, decided_by VARCHAR
)
