-- one row per entity, action, site and hold of the plan that stands now
-- needs: plan.counts
SELECT entity, action, site_id, held_by, changes FROM plan.counts ORDER BY n, action, site_id, held_by
