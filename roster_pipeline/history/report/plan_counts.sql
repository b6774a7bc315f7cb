-- one row per entity, action, site and hold of the plan that stands now, what is held first
-- needs: plan.counts, plan.sites, roster.sites
SELECT entity, action, site_id, coalesce(p.name, s.name) AS site, c.held_by, changes
FROM plan.counts AS c
LEFT JOIN (SELECT site_id, any_value(name) AS name FROM plan.sites GROUP BY site_id) AS p USING (site_id)
LEFT JOIN roster.sites AS s USING (site_id)
ORDER BY c.held_by IS NULL, n, action, site, site_id, c.held_by
