-- one row per line of data/logins.csv that names nobody, as the last sync noted it
-- needs: sync.issues, sync.settled
INSERT INTO desired.login_issues BY NAME
SELECT
  * EXCLUDE (sync_id), try_cast(regexp_extract(record_id, 'line (\d+)$', 1) AS BIGINT) AS line,
  coalesce(try_cast(regexp_extract(record_id, ', (\d+) lines?$', 1) AS BIGINT), 1) AS lines
FROM sync.issues
WHERE code = 'input_unknown_user' AND sync_id = (SELECT sync_id FROM sync.settled)
