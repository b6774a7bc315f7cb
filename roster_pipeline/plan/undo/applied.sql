-- one row: what became of a sync, when its changes were forgotten, and what kind of sync it was
-- needs: sync.syncs
SELECT status, pruned_at, "trigger" FROM sync.syncs WHERE sync_id = $sync_id
