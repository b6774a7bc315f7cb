-- one row per sync: so far, the order of the ids was the order of the syncs
-- needs: sync.syncs
UPDATE sync.syncs AS s
SET sync_no = numbered.n
FROM (SELECT sync_id, row_number() OVER (ORDER BY sync_id) AS n FROM sync.syncs) AS numbered
WHERE numbered.sync_id = s.sync_id
