-- adds one row per site that is in force
INSERT INTO plan.population SELECT 'sites', NULL, site_id, count(*) FROM roster.sites WHERE status <> 'archived' GROUP BY ALL
