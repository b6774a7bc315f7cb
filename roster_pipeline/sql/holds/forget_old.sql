-- forgets the earlier life of a hold that this plan holds again: cleared, or approved too long ago
DELETE FROM sync.holds
WHERE hold_id IN (SELECT hold_id FROM plan.holds) AND status IN ('cleared', 'approved')
