-- adds one row per role and site: people in force
-- needs: roster.users
INSERT INTO guards.population BY NAME
SELECT 'users' AS entity, main_role(roles) AS role, site_id, count(*) AS in_force FROM roster.users WHERE enrollment_status <> 'archived' GROUP BY ALL
