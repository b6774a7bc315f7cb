-- one row per role: people new to the roster whose SIS id another record of the extract has too, in the same role
-- needs: identity.users, roster.users, staging.users
WITH arrived AS (
  SELECT u.clever_id, u.sis_id, sis_role(u.roles) AS sis_role
  FROM (FROM identity.users ANTI JOIN roster.users USING (user_id)) AS i
  JOIN staging.users AS u ON u.clever_id = i.clever_id
  WHERE u.sis_id IS NOT NULL AND sis_role(u.roles) IS NOT NULL
),
contradicting AS (
  SELECT n.sis_role, count(DISTINCT n.clever_id) AS people
  FROM arrived AS n
  JOIN staging.users AS o ON o.sis_id = n.sis_id AND sis_role(o.roles) = n.sis_role AND o.clever_id <> n.clever_id
  GROUP BY n.sis_role
),
in_force AS (
  SELECT sis_role(roles) AS sis_role, count(*) AS people FROM roster.users WHERE enrollment_status <> 'archived' GROUP BY ALL
)
SELECT c.sis_role AS role, c.people, f.people AS in_force
FROM contradicting AS c JOIN in_force AS f USING (sis_role)
WHERE f.people >= $minimum AND 100 * c.people > $percent::DECIMAL(9, 3) * f.people
ORDER BY role
