-- one row per site that is synced from Clever and has not succeeded since $since; a new one counts from its first sync
-- needs: roster.sites, sync.syncs
SELECT s.site_id, s.name, s.last_synced_at
FROM roster.sites AS s LEFT JOIN sync.syncs AS f ON f.sync_id = s.since_sync_id
WHERE s.enrollment_source = 'clever' AND s.status <> 'archived' AND coalesce(s.last_synced_at, f.started_at) < $since
ORDER BY s.name, s.site_id
