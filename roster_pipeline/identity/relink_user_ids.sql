-- people who come back under another Clever id keep the platform's id
UPDATE desired.user_ids AS i
SET user_id = r.id
FROM plan.relinks AS r
WHERE r.entity = 'users' AND r.verdict = 'apply' AND r.new_clever_id = i.clever_id
