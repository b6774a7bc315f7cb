-- one row per site that is synced from Clever and has not succeeded since $since; a new one counts from its confirmation
-- needs: roster.sites
SELECT site_id, name, last_synced_at
FROM roster.sites
WHERE enrollment_source = 'clever' AND status = 'confirmed' AND coalesce(last_synced_at, confirmed_at) < $since
ORDER BY name, site_id
