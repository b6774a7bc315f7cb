-- one row per site that is shared and synced
-- needs: input.confirmed, input.site_settings, roster.sites, staging.sites
INSERT INTO identity.sites BY NAME
SELECT s.site_id
FROM staging.sites AS s
LEFT JOIN input.site_settings AS setting ON setting.site_id = lower(s.site_id)
LEFT JOIN roster.sites AS c ON c.site_id = s.site_id
LEFT JOIN input.confirmed AS n ON n.site_id = s.site_id
WHERE coalesce(setting.enrollment_source, 'clever') = 'clever' AND (c.confirmed_at IS NOT NULL OR n.site_id IS NOT NULL)
