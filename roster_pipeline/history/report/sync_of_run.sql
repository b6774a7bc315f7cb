-- the one sync that a Dagster run made, if it made one
SELECT * FROM sync.syncs WHERE dagster_run_id = $run_id ORDER BY sync_no LIMIT 1
