-- of people on the roster, the fields that somebody keeps
-- needs: desired.users, plan.overrides
-- idle without: plan.overrides
UPDATE desired.users AS u
SET first_name = coalesce(k.first_name, u.first_name), last_name = coalesce(k.last_name, u.last_name),
  email = coalesce(k.email, u.email), grade = coalesce(k.grade, u.grade), sis_id = coalesce(k.sis_id, u.sis_id)
FROM (
  SELECT
    user_id, max(value) FILTER (field = 'first_name') AS first_name, max(value) FILTER (field = 'last_name') AS last_name,
    max(value) FILTER (field = 'email') AS email, max(value) FILTER (field = 'grade') AS grade,
    max(value) FILTER (field = 'sis_id') AS sis_id
  FROM plan.overrides WHERE kind = 'keep' AND user_id IS NOT NULL AND counts
  GROUP BY user_id
) AS k
WHERE k.user_id = u.user_id AND u.enrollment_status <> 'archived'
