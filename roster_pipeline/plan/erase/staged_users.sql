-- empties what was staged of people who are erased
-- needs: plan.erasing, staging.users
UPDATE staging.users SET {without_pii users} WHERE clever_id IN (SELECT clever_id FROM plan.erasing)
