-- one row per limit that was passed; what is ambiguous or was undone is counted by what it marks in this plan
-- needs: guards.breaches, plan.changes, roster.sites
WITH marked AS (
  SELECT held_by AS key, site_id, count(*) AS changes FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by, site_id
)
SELECT
  b.key, b.guard, b.entity, coalesce(b.site_id, m.site_id) AS site_id, s.name, b.role, coalesce(m.changes, b.changes) AS changes,
  CASE WHEN m.key IS NULL THEN b.in_force ELSE m.changes END AS in_force, b."limit", b.by_count,
  coalesce(b.gone, 0) AS gone
FROM guards.breaches AS b
LEFT JOIN marked AS m ON m.key = b.key AND b.guard IN ('undone', 'relink_ambiguous')
LEFT JOIN roster.sites AS s ON s.site_id = coalesce(b.site_id, m.site_id)
ORDER BY b.key, changes DESC, site_id, b.role
