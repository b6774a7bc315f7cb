-- one row per sync, the newest first
SELECT * FROM sync.syncs ORDER BY sync_id DESC LIMIT $limit
