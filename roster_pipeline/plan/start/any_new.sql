-- one row per shared site that nobody has confirmed
-- needs: input.site_settings, roster.sites, staging.sites
SELECT s.site_id
FROM staging.sites AS s
ANTI JOIN (FROM roster.sites WHERE confirmed_at IS NOT NULL) AS c USING (site_id)
ANTI JOIN (FROM input.site_settings WHERE enrollment_source <> 'clever') AS m ON m.site_id = lower(s.site_id)
LIMIT 1
