-- the one sync that a Dagster run made, if it made one
-- needs: sync.syncs
SELECT * FROM sync.syncs WHERE dagster_run_id = $run_id ORDER BY sync_no LIMIT 1
