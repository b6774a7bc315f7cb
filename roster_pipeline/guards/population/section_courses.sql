-- adds one row per site: courses that hang on active sections
INSERT INTO plan.population
SELECT 'section_courses', NULL, site_id, count(*)
FROM roster.section_courses SEMI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id)
GROUP BY ALL
