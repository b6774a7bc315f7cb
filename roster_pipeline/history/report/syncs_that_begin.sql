-- one row per sync whose id begins so
-- needs: sync.syncs
SELECT DISTINCT sync_id AS id FROM sync.syncs WHERE starts_with(sync_id, $start)
