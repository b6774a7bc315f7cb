-- adds one row per site: sections in force
-- needs: roster.sections
INSERT INTO guards.population BY NAME
SELECT 'sections' AS entity, site_id, count(*) AS in_force FROM roster.sections WHERE status = 'active' GROUP BY ALL
