-- one row: the roster is in line with what was staged
INSERT INTO sync.settled BY NAME
SELECT basis, $sync_id AS sync_id FROM plan.basis
