-- one row per entity that is not looked at
-- needs: plan.untouched
SELECT entity FROM plan.untouched
