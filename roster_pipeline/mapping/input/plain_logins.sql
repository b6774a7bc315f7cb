-- every line of a logins.csv, and whether it is as a program writes it
CREATE OR REPLACE TABLE input.plain AS
SELECT
  *, (row_number() OVER () + 1)::INTEGER AS line, {'district': district, 'user_id': user_id} AS key,
  coalesce(
    regexp_full_match(district, '[0-9a-z-]+')
    AND regexp_full_match(user_id, '[0-9a-z]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
    AND regexp_full_match(first_login_at, '\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z')
    AND try_cast(first_login_at AS TIMESTAMP) <= $latest,
    false
  ) AS is_plain
FROM read_csv(
  $file, auto_detect = false, header = true, delim = ',', quote = '', escape = '', new_line = '\n', strict_mode = true,
  columns = {district: 'VARCHAR', user_id: 'VARCHAR', first_login_at: 'VARCHAR'}
)
