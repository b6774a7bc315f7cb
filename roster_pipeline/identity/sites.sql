-- one row per site that is shared and synced
INSERT INTO identity.sites BY NAME
SELECT s.site_id
FROM staging.sites AS s
LEFT JOIN input.sites AS setting ON setting.site_id = lower(s.site_id)
WHERE coalesce(setting.enrollment_source, 'clever') = 'clever'
