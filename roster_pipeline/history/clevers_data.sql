-- the sync also says how old the data was that Clever gave
-- needs: staging.origin, sync.syncs
UPDATE sync.syncs SET clevers_data_at = (SELECT clevers_data_at FROM staging.origin) WHERE sync_id = $sync_id
