-- one row per override about a person by themselves or at a site: what it is worth beside what Clever sends
-- needs: desired.sites, desired.user_sites, desired.users, plan.overrides
-- idle without: plan.overrides
INSERT INTO plan.override_states BY NAME
WITH excluded AS (
  SELECT user_id FROM plan.overrides WHERE kind = 'exclude' AND counts
),
beside AS (
  SELECT
    o.*, coalesce(u.enrollment_status <> 'archived', false) AS there, o.user_id IN (FROM excluded) AS is_excluded,
    CASE WHEN o.kind = 'keep' AND u.user_n IS NOT NULL THEN CASE o.field
      WHEN 'first_name' THEN u.first_name WHEN 'last_name' THEN u.last_name WHEN 'email' THEN u.email
      WHEN 'grade' THEN u.grade WHEN 'sis_id' THEN u.sis_id
    END END AS clever_value
  FROM plan.overrides AS o LEFT JOIN desired.users AS u USING (user_id)
  WHERE o.section_id IS NULL
)
SELECT
  no, clever_value,
  CASE
    WHEN NOT counts THEN 'expired'
    WHEN kind = 'exclude' THEN if(there, 'works', 'idle')
    WHEN is_excluded THEN 'gone'
    WHEN kind = 'keep' THEN if(NOT there, 'gone', if(clever_value IS NOT DISTINCT FROM value, 'idle', 'works'))
    WHEN site_id NOT IN (SELECT site_id FROM desired.sites WHERE status = 'confirmed') THEN 'gone'
    ELSE if((user_id, site_id) IN (SELECT (user_id, site_id) FROM desired.user_sites WHERE status = 'active'), 'idle', 'works')
  END AS state
FROM beside
