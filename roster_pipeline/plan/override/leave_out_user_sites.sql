-- whoever is excluded is not there, whatever Clever shares
-- needs: desired.user_sites, plan.overrides
-- idle without: plan.overrides
DELETE FROM desired.user_sites WHERE user_id IN (SELECT user_id FROM plan.overrides WHERE kind = 'exclude' AND counts)
