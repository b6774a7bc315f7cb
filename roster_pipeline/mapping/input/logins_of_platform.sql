-- adds one row per person of whom the platform's database knows a login and the file does not; an e-mail counts where one person has it
-- needs: input.logins, input.platform_logins, staging.users
INSERT INTO input.logins BY NAME
WITH addressed AS (
  SELECT lower(email) AS email, min(clever_id) AS clever_id FROM staging.users WHERE email IS NOT NULL GROUP BY 1 HAVING count(*) = 1
),
named AS (
  SELECT lower(coalesce(a.clever_id, p.who)) AS user_id, min(p.first_login_at) AS first_login_at
  FROM input.platform_logins AS p LEFT JOIN addressed AS a ON a.email = lower(p.who)
  GROUP BY 1
)
SELECT n.user_id, try_cast(n.user_id AS UUID) AS platform_id, n.first_login_at
FROM named AS n ANTI JOIN input.logins AS l ON l.user_id = n.user_id
