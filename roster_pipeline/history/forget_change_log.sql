-- forgets the changes of syncs that are pruned
-- needs: sync.change_log, sync.syncs
DELETE FROM sync.change_log WHERE sync_id IN (SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL)
