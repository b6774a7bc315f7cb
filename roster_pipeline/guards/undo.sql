-- one row: who asked for an undo, when, of which sync and why
-- needs: sync.syncs
SELECT requested_by, started_at, undoes, reason FROM sync.syncs WHERE sync_id = $sync_id
