-- forgets that the roster was in line with what was staged
-- needs: sync.settled
DELETE FROM sync.settled
