-- forgets what left and came before the longest time that a guard looks back
-- needs: sync.turnover
DELETE FROM sync.turnover WHERE applied_at < $before::TIMESTAMP
