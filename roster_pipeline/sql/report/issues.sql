-- one row per problem noticed in one sync, errors first
SELECT severity, code, entity, record_id, site_id, message
FROM sync.issues WHERE sync_id = $sync_id
ORDER BY severity, code, record_id
