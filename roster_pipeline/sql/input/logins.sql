-- one row per person of this district who has logged in; user_id is ours or Clever's
CREATE OR REPLACE TABLE input.logins AS
SELECT user_id, try_cast(user_id AS UUID) AS platform_id, min(first_login_at) AS first_login_at
FROM read_json($file, format = 'newline_delimited', columns = {user_id: 'VARCHAR', first_login_at: 'TIMESTAMP'})
GROUP BY user_id
