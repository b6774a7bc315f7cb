-- forgets what left and came before the longest time that a guard looks back
DELETE FROM sync.turnover WHERE applied_at < $before::TIMESTAMP
