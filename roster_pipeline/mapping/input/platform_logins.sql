-- one row per first login that the platform's database tells of
-- needs: nothing
INSERT INTO input.platform_logins BY NAME
SELECT who, first_login_at
FROM read_json($file, format = 'newline_delimited', columns = {who: 'VARCHAR', first_login_at: 'TIMESTAMP'})
