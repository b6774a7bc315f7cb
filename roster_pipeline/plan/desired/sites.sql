-- one row per site ever seen; what was confirmed once comes back without a question, and what is manual stays whether it is shared or not
-- needs: input.ended, input.site_settings, plan.confirmed, roster.sites, staging.sites
INSERT INTO desired.sites BY NAME
SELECT
  coalesce(s.site_id, c.site_id) AS site_id,
  coalesce(s.name, c.name) AS name,
  coalesce(setting.enrollment_source, 'clever') AS enrollment_source,
  CASE
    WHEN coalesce(s.site_id, c.site_id) IN (SELECT site_id FROM input.ended) THEN 'archived'
    WHEN s.site_id IS NULL AND (setting.enrollment_source IS DISTINCT FROM 'manual' OR c.status <> 'confirmed') THEN 'archived'
    WHEN c.confirmed_at IS NOT NULL OR n.site_id IS NOT NULL THEN 'confirmed'
    ELSE 'new'
  END AS status,
  setting.time_zone,
  nullif(array_to_string(list_transform(map_entries(setting.limits), lambda l: printf('%s %g', l.key, l.value)), ', '), '') AS own_limits
FROM staging.sites AS s
FULL JOIN roster.sites AS c ON c.site_id = s.site_id
LEFT JOIN plan.confirmed AS n ON n.site_id = s.site_id
LEFT JOIN input.site_settings AS setting ON setting.site_id = lower(coalesce(s.site_id, c.site_id))
