-- one row per synced site with people or sections that Clever no longer shares; a site most of whose people go to another has moved
-- needs: plan.sites, plan.user_sites, roster.sections, roster.user_sites
WITH vanished AS (
  SELECT site_id, name FROM plan.sites WHERE action = 'archive' AND held_by IS NULL AND enrollment_source = 'clever'
),
people AS (
  SELECT
    m.site_id, count(*) AS n,
    count(*) FILTER (m.user_id IN (SELECT user_id FROM plan.user_sites WHERE action IN ('create', 'restore'))) AS moving
  FROM roster.user_sites AS m SEMI JOIN vanished USING (site_id)
  WHERE m.status = 'active' GROUP BY m.site_id
),
sections AS (
  SELECT site_id, count(*) AS n FROM roster.sections SEMI JOIN vanished USING (site_id)
  WHERE status = 'active' GROUP BY site_id
)
SELECT site_id, name, coalesce(people.n, 0) AS people, coalesce(sections.n, 0) AS sections
FROM vanished LEFT JOIN people USING (site_id) LEFT JOIN sections USING (site_id)
WHERE (people.n > 0 OR sections.n > 0) AND 2 * coalesce(people.moving, 0) <= coalesce(people.n, 0)
ORDER BY site_id
