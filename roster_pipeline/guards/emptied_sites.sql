-- one row per site that is still shared but whose sections are all gone before their term is over
-- needs: desired.sites, plan.sections, staging.sections
SELECT p.site_id, w.name, count(*) AS sections
FROM plan.sections AS p
JOIN desired.sites AS w ON w.site_id = p.site_id AND w.enrollment_source = 'clever' AND w.status <> 'archived'
ANTI JOIN (SELECT DISTINCT site_id FROM staging.sections) AS sent ON sent.site_id = p.site_id
WHERE p.action = 'archive' AND p.held_by IS NULL
GROUP BY p.site_id, w.name
ORDER BY p.site_id
