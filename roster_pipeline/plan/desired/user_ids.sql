-- one row per shared person: the platform's id, known or derived from this first Clever id
CREATE OR REPLACE TABLE desired.user_ids AS
SELECT s.user_n, s.clever_id, coalesce(c.user_id, platform_id('user', s.clever_id)) AS user_id
FROM staging.users AS s LEFT JOIN roster.users AS c ON c.clever_id = s.clever_id
