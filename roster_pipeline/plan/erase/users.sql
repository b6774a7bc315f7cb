-- empties what names people who are erased; their ids stay
-- needs: plan.erasing, roster.users
UPDATE roster.users SET {without_pii users} WHERE user_id IN (SELECT user_id FROM plan.erasing)
