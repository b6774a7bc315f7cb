-- forgets what syncs that are pruned found shared
-- needs: sync.sharing, sync.syncs
DELETE FROM sync.sharing WHERE sync_id IN (SELECT sync_id FROM sync.syncs WHERE pruned_at IS NOT NULL)
