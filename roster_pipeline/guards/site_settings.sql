-- one row per site that data/sites.csv takes off Clever, when that would take it from too many people
-- needs: guards.decided, guards.limits, plan.sites, plan.user_sites, roster.sites, roster.user_sites
INSERT INTO guards.breaches BY NAME
WITH switched AS (
  SELECT p.site_id
  FROM plan.sites AS p JOIN roster.sites AS c ON c.site_id = p.site_id
  WHERE c.status <> 'archived' AND c.enrollment_source = 'clever' AND p.enrollment_source = 'manual'
    AND p.site_id NOT IN (SELECT entity_id FROM guards.decided WHERE guard = 'site_setting' AND status = 'approved')
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
  'site_setting|sites' AS key, 'site_setting' AS guard, 'sites' AS entity, lost.site_id AS site_id, lost.people AS changes,
  in_force.people AS in_force, l.limits['archive_percent'] AS "limit", false AS by_count
FROM lost JOIN in_force USING (site_id) JOIN guards.limits AS l USING (site_id)
WHERE in_force.people >= l.limits['minimum_population'] AND 100 * lost.people > l.limits['archive_percent'] * in_force.people
