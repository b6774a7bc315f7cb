-- one row per site that is to be confirmed and needs no confirmation: it is not shared, not synced, or confirmed already
-- needs: input.confirmed, input.site_settings, roster.sites, staging.sites
SELECT site_id FROM input.confirmed
WHERE site_id NOT IN (SELECT site_id FROM staging.sites)
  OR lower(site_id) IN (SELECT site_id FROM input.site_settings WHERE enrollment_source <> 'clever')
  OR site_id IN (SELECT site_id FROM roster.sites WHERE confirmed_at IS NOT NULL)
ORDER BY site_id
