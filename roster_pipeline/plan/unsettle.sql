-- forgets that the roster was in line with what was staged
DELETE FROM sync.settled
