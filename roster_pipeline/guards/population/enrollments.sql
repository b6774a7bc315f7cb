-- adds one row per role and site: enrollments in force
INSERT INTO plan.population
SELECT 'enrollments', role, site_id, count(*) FROM roster.enrollments WHERE status <> 'archived' GROUP BY ALL
