-- holds the change of primary site of people whose site is held back from leaving Clever
-- needs: plan.sites, plan.users
UPDATE plan.users AS u
SET held_by = p.held_by
FROM plan.sites AS p
WHERE p.held_by IS NOT NULL AND u.action = 'update' AND u.held_by IS NULL
  AND json_extract_string(u.before, '$.site_id') = p.site_id
