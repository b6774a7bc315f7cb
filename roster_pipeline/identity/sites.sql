-- one row per site that is shared and synced
-- needs: input.site_settings, staging.sites
INSERT INTO identity.sites BY NAME
SELECT s.site_id
FROM staging.sites AS s
LEFT JOIN input.site_settings AS setting ON setting.site_id = lower(s.site_id)
WHERE coalesce(setting.enrollment_source, 'clever') = 'clever'
