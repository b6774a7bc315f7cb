-- one row per hold whose id begins so
-- needs: sync.holds
SELECT DISTINCT hold_id AS id FROM sync.holds WHERE starts_with(hold_id, $start)
