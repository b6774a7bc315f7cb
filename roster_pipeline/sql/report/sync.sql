-- the one sync that is named, or the newest
SELECT * FROM sync.syncs WHERE $sync_id IS NULL OR starts_with(sync_id, $sync_id) ORDER BY sync_id DESC LIMIT 1
