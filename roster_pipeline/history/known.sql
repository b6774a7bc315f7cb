-- one row when a sync is in the history already
-- needs: sync.syncs
SELECT 1 FROM sync.syncs WHERE sync_id = $sync_id
