-- one row per site at which sections would lose a course because the catalog has it no more, or as inactive
-- needs: guards.judged, roster.section_courses
INSERT INTO guards.breaches BY NAME
WITH lost AS (
  SELECT site_id, count(*) AS changes FROM guards.judged GROUP BY site_id
),
in_force AS (
  SELECT site_id, count(*) AS in_force FROM roster.section_courses GROUP BY site_id
)
SELECT
  'retired|section_courses' AS key, 'retired' AS guard, 'section_courses' AS entity, site_id, changes, in_force, 0 AS "limit",
  true AS by_count
FROM lost JOIN in_force USING (site_id)
