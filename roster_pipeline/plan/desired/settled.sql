-- nothing about people: since the roster was last brought in line, nothing that they depend on has changed
INSERT INTO plan.untouched VALUES ('users'), ('user_sites'), ('enrollments');
CREATE OR REPLACE TABLE desired.user_ids AS SELECT user_n, clever_id, NULL::UUID AS user_id FROM staging.users WHERE false;
CREATE OR REPLACE TABLE desired.users AS FROM roster.users WHERE false;
CREATE OR REPLACE TABLE desired.user_sites AS FROM roster.user_sites WHERE false;
CREATE OR REPLACE TABLE desired.enrollments AS FROM roster.enrollments WHERE false;
CREATE OR REPLACE TABLE desired.scope_issues AS
SELECT * EXCLUDE (sync_id) FROM sync.issues
WHERE code = 'members_not_on_clever' AND sync_id = (SELECT sync_id FROM sync.settled);
CREATE OR REPLACE TABLE desired.login_issues AS
SELECT
  * EXCLUDE (sync_id), try_cast(regexp_extract(record_id, 'line (\d+)$', 1) AS BIGINT) AS line,
  coalesce(try_cast(regexp_extract(record_id, ', (\d+) lines?$', 1) AS BIGINT), 1) AS lines
FROM sync.issues
WHERE code = 'input_unknown_user' AND sync_id = (SELECT sync_id FROM sync.settled)
