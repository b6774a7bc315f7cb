-- adds one row per site: courses that hang on active sections
-- needs: roster.section_courses, roster.sections
INSERT INTO guards.population BY NAME
SELECT 'section_courses' AS entity, site_id, count(*) AS in_force
FROM roster.section_courses SEMI JOIN (FROM roster.sections WHERE status = 'active') USING (section_id)
GROUP BY ALL
