-- one row per judged change whose limit was passed, at its site or in the rest of the district
CREATE OR REPLACE TABLE plan.breached AS
SELECT j.record
FROM plan.judged AS j
LEFT JOIN plan.limits AS l ON l.site_id = j.site_id
WHERE EXISTS (FROM plan.breaches AS b WHERE b.key = $key AND b.site_id = j.site_id AND b.role IS NOT DISTINCT FROM j.role)
  OR NOT coalesce(l.own_window, false)
    AND EXISTS (FROM plan.breaches AS b WHERE b.key = $key AND b.site_id IS NULL AND b.role IS NOT DISTINCT FROM j.role)
