-- one row: the roster is in line with what was staged
-- needs: plan.basis
INSERT INTO sync.settled BY NAME
SELECT basis, $sync_id AS sync_id FROM plan.basis
