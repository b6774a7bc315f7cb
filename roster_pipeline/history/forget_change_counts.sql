-- forgets the counts of syncs that are pruned
-- needs: sync.change_counts, sync.syncs
DELETE FROM sync.change_counts WHERE sync_id IN (SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL)
