-- one row per entity, action, site and hold of the plan that stands now
SELECT entity, action, site_id, held_by, count(*) AS changes
FROM plan.changes
GROUP BY ALL
ORDER BY ALL
