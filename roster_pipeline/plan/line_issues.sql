-- one row per warning about lines of a file, the first hundred of a code and file, and one that counts the others
-- needs: desired.login_issues, mapped.line_issues
-- idle without: desired.login_issues, mapped.line_issues
INSERT INTO sync.issues BY NAME
WITH noted AS (
  SELECT *, row_number() OVER (PARTITION BY code, entity ORDER BY line NULLS LAST) AS n
  FROM (FROM mapped.line_issues UNION ALL FROM desired.login_issues)
)
SELECT $sync_id AS sync_id, severity, code, entity, record_id, site_id, message FROM noted WHERE n <= 100
UNION ALL
SELECT
  $sync_id, any_value(severity), code, entity,
  format('{}.csv, {} {}', entity, sum(lines)::BIGINT, if(sum(lines) = 1, 'line', 'lines')), NULL,
  'These lines are as the hundred that are listed.'
FROM noted WHERE n > 100
GROUP BY code, entity
