-- one row per person in a role that is synced; a person with several roles is one row
CREATE OR REPLACE TABLE staging.users AS
SELECT rowid::INTEGER AS user_n, clever_id, roles, first_name, last_name, email, grade, sis_id
FROM staging.user_records
WHERE clever_id IS NOT NULL AND len(roles) > 0
