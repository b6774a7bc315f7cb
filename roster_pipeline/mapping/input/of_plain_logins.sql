-- the same table that logins.sql makes
CREATE OR REPLACE TABLE input.logins AS
SELECT user_id, try_cast(user_id AS UUID) AS platform_id, first_login_at::TIMESTAMP AS first_login_at, line
FROM input.plain WHERE district = $district
