-- one row per kind of login of the platform's database that is nobody's: of people who are not in this district, and e-mails that several have
-- needs: input.platform_logins, roster.users, staging.users
INSERT INTO input.platform_issues BY NAME
WITH known AS (
  SELECT lower(clever_id) AS who FROM staging.users
  UNION ALL
  SELECT lower(clever_id) FROM roster.users
  UNION ALL
  SELECT user_id::VARCHAR FROM roster.users
),
addressed AS (
  SELECT lower(email) AS who, count(*) AS people FROM staging.users WHERE email IS NOT NULL GROUP BY 1
),
counted AS (
  SELECT
    count(*) FILTER (a.people IS NULL) AS nobody, count(*) FILTER (a.people > 1) AS several
  FROM (FROM input.platform_logins AS p ANTI JOIN known ON known.who = lower(p.who)) AS p
  LEFT JOIN addressed AS a ON a.who = lower(p.who)
)
SELECT 'warning' AS severity, 'platform_logins_of_nobody' AS code, 'logins' AS entity, NULL::VARCHAR AS record_id,
  NULL::VARCHAR AS site_id,
  format('{} logins of the platform''s database are of nobody in this district; they count when these people appear.', nobody) AS message
FROM counted WHERE nobody > 0
UNION ALL
SELECT 'warning', 'platform_logins_ambiguous', 'logins', NULL, NULL,
  format('{} logins of the platform''s database name an e-mail that several people have; they were left out.', several)
FROM counted WHERE several > 0
