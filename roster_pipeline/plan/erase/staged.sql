-- one row when something of people who are erased is staged
-- needs: plan.erasing, staging.users
SELECT 1 FROM staging.users AS u SEMI JOIN plan.erasing USING (clever_id) WHERE {any_pii users} IS NOT NULL LIMIT 1
