-- adds one row per role and site: people in force
INSERT INTO plan.population
SELECT 'users', main_role(roles), site_id, count(*) FROM roster.users WHERE enrollment_status <> 'archived' GROUP BY ALL
