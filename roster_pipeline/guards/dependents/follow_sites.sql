-- holds the end of a site whose people or sections are held there
-- needs: plan.sections, plan.sites, plan.user_sites
UPDATE plan.sites AS s
SET held_by = h.held_by
FROM (
  SELECT site_id, min(held_by) AS held_by
  FROM (
    SELECT site_id, held_by FROM plan.user_sites WHERE action = 'archive' AND held_by IS NOT NULL
    UNION ALL
    SELECT site_id, held_by FROM plan.sections WHERE action = 'archive' AND held_by IS NOT NULL
    UNION ALL
    SELECT before ->> '$.site_id', held_by FROM plan.sections WHERE action = 'update' AND held_by IS NOT NULL AND before ->> '$.site_id' IS NOT NULL
  )
  GROUP BY site_id
) AS h
WHERE h.site_id = s.site_id AND s.action = 'archive' AND s.held_by IS NULL
