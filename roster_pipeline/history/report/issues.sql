-- one row per problem noticed in one sync, errors first
-- needs: sync.issues
SELECT record_id, message, code, severity, entity, site_id
FROM sync.issues WHERE sync_id = $sync_id
ORDER BY severity, code, record_id
