-- adds one row per site that is in force
-- needs: roster.sites
INSERT INTO guards.population BY NAME
SELECT 'sites' AS entity, site_id, count(*) AS in_force FROM roster.sites WHERE status <> 'archived' GROUP BY ALL
