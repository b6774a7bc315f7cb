-- one row when an undo of this sync stands, not undone itself
-- needs: sync.syncs
SELECT u.sync_id FROM sync.syncs AS u
WHERE u.undoes = $sync_id AND u.status = 'succeeded'
  AND NOT EXISTS (FROM sync.syncs AS again WHERE again.undoes = u.sync_id AND again.status = 'succeeded')
ORDER BY u.sync_no DESC LIMIT 1
