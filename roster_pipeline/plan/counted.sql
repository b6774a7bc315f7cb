-- one row per entity, site, action and hold: how many changes, and their print
-- needs: plan.counts
SELECT entity, site_id, action, changes, print, held_by FROM plan.counts ORDER BY n, site_id, action
