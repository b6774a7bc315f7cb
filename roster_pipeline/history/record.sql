-- one row: the sync, with the next number in the order in which syncs were applied
-- needs: sync.syncs
INSERT INTO sync.syncs BY NAME
SELECT
  $sync_id AS sync_id, (SELECT coalesce(max(sync_no), 0) + 1 FROM sync.syncs) AS sync_no, $district AS district,
  $trigger AS "trigger", $requested_by AS requested_by, $status AS status, $started_at::TIMESTAMP AS started_at,
  $finished_at::TIMESTAMP AS finished_at, $dagster_run_id AS dagster_run_id, $created AS created, $updated AS updated,
  $archived AS archived, $restored AS restored, $held AS held, $unchanged AS unchanged, $error AS error,
  $fingerprint AS fingerprint, $sites::VARCHAR[] AS sites, $undoes AS undoes, $reason AS reason
