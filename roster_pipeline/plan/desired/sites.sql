-- one row per site ever seen
-- needs: input.site_settings, roster.sites, staging.sites
INSERT INTO desired.sites BY NAME
SELECT
  coalesce(s.site_id, c.site_id) AS site_id,
  coalesce(s.name, c.name) AS name,
  coalesce(setting.enrollment_source, 'clever') AS enrollment_source,
  CASE
    WHEN s.site_id IS NULL THEN 'archived'
    WHEN c.status IS NULL OR c.status = 'archived' THEN 'new'
    ELSE c.status
  END AS status
FROM staging.sites AS s
FULL JOIN roster.sites AS c ON c.site_id = s.site_id
LEFT JOIN input.site_settings AS setting ON setting.site_id = lower(coalesce(s.site_id, c.site_id))
