-- one row: what became of a sync, and when its changes were forgotten
-- needs: sync.syncs
SELECT status, pruned_at FROM sync.syncs WHERE sync_id = $sync_id
