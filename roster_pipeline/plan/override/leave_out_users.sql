-- whoever is excluded is not there, whatever Clever shares
-- needs: desired.users, plan.overrides
-- idle without: plan.overrides
DELETE FROM desired.users WHERE user_id IN (SELECT user_id FROM plan.overrides WHERE kind = 'exclude' AND counts)
