-- one row per site that the roster or what is staged knows: what it is called, where its enrollments come from, and whether somebody has confirmed it
-- needs: input.site_settings, roster.sites, staging.sites
SELECT site_id, coalesce(s.name, c.name) AS name, coalesce(setting.enrollment_source, 'clever') AS enrollment_source,
  c.confirmed_at IS NOT NULL AS confirmed
FROM staging.sites AS s
FULL JOIN roster.sites AS c USING (site_id)
LEFT JOIN input.site_settings AS setting ON setting.site_id = lower(coalesce(s.site_id, c.site_id))
ORDER BY site_id
