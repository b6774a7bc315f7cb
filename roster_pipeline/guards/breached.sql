-- one row per judged change whose limit was passed, at its site or in the rest of the district
-- needs: guards.breaches, guards.judged, guards.limits
INSERT INTO guards.breached BY NAME
SELECT j.record
FROM guards.judged AS j
LEFT JOIN guards.limits AS l ON l.site_id = j.site_id
WHERE EXISTS (FROM guards.breaches AS b WHERE b.key = $key AND b.site_id = j.site_id AND b.role IS NOT DISTINCT FROM j.role)
  OR NOT coalesce(l.own_window, false)
    AND EXISTS (FROM guards.breaches AS b WHERE b.key = $key AND b.site_id IS NULL AND b.role IS NOT DISTINCT FROM j.role)
