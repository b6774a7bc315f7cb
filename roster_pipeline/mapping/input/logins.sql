-- one row per person of this district who has logged in; user_id is ours or Clever's, in small letters
-- needs: nothing
INSERT INTO input.logins BY NAME
SELECT user_id, try_cast(user_id AS UUID) AS platform_id, first_login_at, line
FROM read_json($file, format = 'newline_delimited', columns = {user_id: 'VARCHAR', first_login_at: 'TIMESTAMP', line: 'INTEGER'})
