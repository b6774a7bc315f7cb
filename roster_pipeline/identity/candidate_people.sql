-- adds one row per person who is gone and new person who may be the same; `apply` only when nothing speaks against it
-- needs: identity.new_people, identity.own_user_ids, roster.overrides, roster.users
INSERT INTO identity.candidates BY NAME
WITH kept AS (
  SELECT
    user_id, list(field) AS fields, max(clever_value) FILTER (field = 'first_name') AS first_name,
    max(clever_value) FILTER (field = 'last_name') AS last_name, max(clever_value) FILTER (field = 'email') AS email,
    max(clever_value) FILTER (field = 'sis_id') AS sis_id
  FROM roster.overrides
  WHERE kind = 'keep' AND user_id IS NOT NULL AND undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)
  GROUP BY user_id
),
-- beside a field that somebody keeps stands what Clever sent last
as_sent AS (
  SELECT c.* REPLACE (
    if(list_contains(k.fields, 'first_name'), k.first_name, c.first_name) AS first_name,
    if(list_contains(k.fields, 'last_name'), k.last_name, c.last_name) AS last_name,
    if(list_contains(k.fields, 'email'), k.email, c.email) AS email,
    if(list_contains(k.fields, 'sis_id'), k.sis_id, c.sis_id) AS sis_id
  )
  FROM roster.users AS c LEFT JOIN kept AS k USING (user_id)
),
known AS (
  SELECT
    user_id, clever_id, site_id, sis_id, sis_role(roles) AS sis_role, list_contains(roles, 'student') AS is_student,
    lower(first_name || ' ' || last_name) AS name, lower(email) AS email, enrollment_status <> 'archived' AS in_force
  FROM as_sent
),
agreeing AS (
  SELECT
    n.new_id, n.clever_id AS new_clever_id, k.user_id, k.clever_id, k.site_id, k.in_force, true AS by_sis,
    coalesce(n.name = k.name, false) AS by_name, coalesce(n.email = k.email, false) AS by_email
  FROM identity.new_people AS n JOIN known AS k ON k.sis_id = n.sis_id AND k.sis_role = n.sis_role
  UNION ALL
  SELECT n.new_id, n.clever_id, k.user_id, k.clever_id, k.site_id, k.in_force, false, true, true
  FROM identity.new_people AS n JOIN known AS k ON k.is_student = n.is_student AND k.name = n.name AND k.email = n.email
  WHERE k.in_force
),
pairs AS (
  SELECT
    new_id, new_clever_id, user_id, clever_id, site_id, in_force,
    bool_or(by_sis) AS by_sis, bool_or(by_name) AS by_name, bool_or(by_email) AS by_email,
    user_id IN (SELECT user_id FROM identity.own_user_ids) AS stays
  FROM agreeing
  GROUP BY ALL
),
-- an SIS id that two people who stay share says nothing about a third
identifying AS (
  SELECT * REPLACE (by_sis AND count_if(by_sis AND stays) OVER (PARTITION BY new_clever_id) < 2 AS by_sis) FROM pairs
),
-- somebody archived long ago is meant only when nobody who leaves now can be
candidates AS (
  SELECT * FROM identifying
  WHERE by_sis OR (by_name AND by_email)
  QUALIFY in_force OR stays OR NOT bool_or(in_force AND NOT stays) OVER (PARTITION BY new_clever_id)
)
SELECT
  'users' AS entity, user_id AS id, new_id, clever_id AS old_clever_id, new_clever_id, site_id,
  concat_ws(', ', if(by_sis, 'SIS id', NULL), if(by_name, 'name', NULL), if(by_email, 'e-mail', NULL)) AS evidence,
  CASE
    WHEN count(*) OVER (PARTITION BY new_clever_id) = 1
      AND count(*) OVER (PARTITION BY user_id) = 1
      AND (by_name OR by_email) THEN 'relink'
    ELSE 'ambiguous'
  END AS verdict
FROM candidates
QUALIFY NOT stays
