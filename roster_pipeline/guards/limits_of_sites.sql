-- adds one row per site without limits of its own: the district's
-- needs: guards.limits, roster.sites
INSERT INTO guards.limits BY NAME
SELECT s.site_id, false AS own_window, d.expected, d.limits
FROM (FROM roster.sites ANTI JOIN guards.limits USING (site_id)) AS s
CROSS JOIN (FROM guards.limits WHERE site_id IS NULL) AS d
