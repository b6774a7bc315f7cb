-- one row per section that would be updated in something else than its term and site: what ends it too early is judged as such, and a site with its people
-- needs: plan.sections
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, NULL::VARCHAR AS role
FROM plan.sections
WHERE action = 'update' AND held_by IS NULL
  AND len(list_filter(json_keys(before), lambda field: NOT list_contains(['term_name', 'term_start', 'term_end', 'site_id'], field))) > 0
