-- one row: for how many people a sync of the mapping changed what they see
-- needs: sync.syncs
SELECT people FROM sync.syncs WHERE sync_id = $sync_id
