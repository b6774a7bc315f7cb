-- one row per line of data/logins.csv that names nobody who is or ever was in this district
-- needs: identity.users, input.logins, roster.users, staging.users, sync.change_log
-- idle without: input.logins
INSERT INTO desired.login_issues BY NAME
WITH not_here AS MATERIALIZED (
  SELECT user_id, platform_id, line
  FROM input.logins
  ANTI JOIN (SELECT lower(clever_id) AS user_id FROM staging.users) USING (user_id)
  ANTI JOIN (SELECT lower(clever_id) AS user_id FROM roster.users) USING (user_id)
  WHERE line IS NOT NULL
),
never_here AS (
  SELECT line
  FROM not_here AS n
  ANTI JOIN identity.users AS i ON i.user_id = n.platform_id
  ANTI JOIN roster.users AS c ON c.user_id = n.platform_id
  ANTI JOIN roster.users AS first_seen ON first_seen.user_id = platform_id('user', n.user_id)
  ANTI JOIN sync.change_log AS l ON
    l.entity = 'users' AND l.action IN ('relink', 'restore') AND lower(json_extract_string(l.before, '$.clever_id')) = n.user_id
)
SELECT
  'warning' AS severity, 'input_unknown_user' AS code, 'logins' AS entity, format('logins.csv, line {}', line) AS record_id,
  NULL::VARCHAR AS site_id, 'The line names somebody who is not in this district; it has no effect.' AS message,
  line::BIGINT AS line, 1::BIGINT AS lines
FROM never_here
