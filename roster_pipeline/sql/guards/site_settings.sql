-- one row per site that data/sites.csv takes off Clever, when that would take it from too many people
INSERT INTO plan.trips
WITH switched AS (
  SELECT p.site_id
  FROM plan.sites AS p JOIN roster.sites AS c ON c.site_id = p.site_id
  WHERE c.status <> 'archived' AND c.enrollment_source = 'clever' AND p.enrollment_source = 'manual'
),
lost AS (
  SELECT site_id, count(*) AS people FROM plan.user_sites SEMI JOIN switched USING (site_id)
  WHERE action = 'archive' AND held_by IS NULL GROUP BY site_id
),
in_force AS (
  SELECT site_id, count(*) AS people FROM roster.user_sites SEMI JOIN switched USING (site_id)
  WHERE status = 'active' GROUP BY site_id
)
SELECT
  'site_setting|sites|' || lost.site_id, 'site_setting', 'sites', lost.site_id, lost.people, in_force.people,
  l.archive_percent, false, NULL
FROM lost JOIN in_force USING (site_id) JOIN plan.limits AS l USING (site_id)
WHERE in_force.people >= l.minimum_population AND 100 * lost.people > l.archive_percent * in_force.people
