-- one row: how many records in force stay as they are
-- needs: plan.totals
SELECT unchanged FROM plan.totals
