-- adds one row per site without limits of its own: the district's
INSERT INTO plan.limits
SELECT s.site_id, false, d.expected, d.limits
FROM (FROM roster.sites ANTI JOIN plan.limits USING (site_id)) AS s
CROSS JOIN (FROM plan.limits WHERE site_id IS NULL) AS d
