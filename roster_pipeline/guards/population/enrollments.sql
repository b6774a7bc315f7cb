-- adds one row per role and site: enrollments in force
-- needs: roster.enrollments
INSERT INTO guards.population BY NAME
SELECT 'enrollments' AS entity, role, site_id, count(*) AS in_force FROM roster.enrollments WHERE status <> 'archived' GROUP BY ALL
