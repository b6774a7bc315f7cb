-- whoever is excluded is not there, whatever Clever shares
-- needs: desired.enrollments, plan.overrides
-- idle without: plan.overrides
DELETE FROM desired.enrollments WHERE user_id IN (SELECT user_id FROM plan.overrides WHERE kind = 'exclude' AND counts)
