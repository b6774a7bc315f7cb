-- adds one row per site: sections in force
INSERT INTO plan.population SELECT 'sections', NULL, site_id, count(*) FROM roster.sections WHERE status = 'active' GROUP BY ALL
