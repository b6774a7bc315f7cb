-- forgets the issues of syncs that are pruned
-- needs: sync.issues, sync.syncs
DELETE FROM sync.issues WHERE sync_id IN (SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL)
