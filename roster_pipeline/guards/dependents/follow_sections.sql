-- holds the sections that would change to another site while the people of their old one are held there
-- needs: plan.sections, plan.user_sites
UPDATE plan.sections AS s
SET held_by = h.held_by
FROM (SELECT site_id, min(held_by) AS held_by FROM plan.user_sites WHERE action = 'archive' AND held_by IS NOT NULL GROUP BY site_id) AS h
WHERE s.action = 'update' AND s.held_by IS NULL AND s.before ->> '$.site_id' = h.site_id
