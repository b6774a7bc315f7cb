-- one row per override about a person by themselves or at a site: what it is worth beside what Clever sends, or sent last
-- needs: desired.sites, desired.user_sites, desired.users, plan.overrides, roster.overrides
-- idle without: plan.overrides
INSERT INTO plan.override_states BY NAME
WITH excluded AS (
  SELECT user_id FROM plan.overrides WHERE kind = 'exclude' AND counts
),
here AS (
  SELECT site_id, enrollment_source = 'manual' AS manual FROM desired.sites WHERE status = 'confirmed'
),
stays AS (
  SELECT user_id FROM plan.overrides SEMI JOIN here USING (site_id) WHERE kind IN ('protect', 'add') AND counts
),
beside AS (
  SELECT
    o.*, coalesce(u.enrollment_status <> 'archived', false) AS there, o.user_id IN (FROM excluded) AS is_excluded,
    u.user_n IS NULL AS unshared, u.site_id IN (SELECT site_id FROM here WHERE manual) AS of_manual_site,
    CASE WHEN o.kind = 'keep' THEN CASE
      WHEN u.user_n IS NULL THEN before.clever_value
      WHEN o.field = 'first_name' THEN u.first_name WHEN o.field = 'last_name' THEN u.last_name
      WHEN o.field = 'email' THEN u.email WHEN o.field = 'grade' THEN u.grade WHEN o.field = 'sis_id' THEN u.sis_id
    END END AS clever_value
  FROM plan.overrides AS o
  LEFT JOIN desired.users AS u USING (user_id)
  LEFT JOIN roster.overrides AS before ON before.no = o.no
  WHERE o.section_id IS NULL
)
SELECT
  no, clever_value,
  CASE
    WHEN site_id IN (SELECT site_id FROM here WHERE manual) THEN 'manual'
    WHEN kind = 'keep' AND there AND unshared THEN 'manual'
    WHEN kind = 'exclude' AND NOT there AND of_manual_site THEN 'manual'
    WHEN NOT counts THEN 'expired'
    WHEN kind = 'exclude' THEN if(there, 'works', 'idle')
    WHEN is_excluded THEN 'gone'
    WHEN kind = 'keep' AND unshared THEN if(user_id IN (FROM stays), 'works', 'gone')
    WHEN kind = 'keep' THEN if(NOT there, 'gone', if(clever_value IS NOT DISTINCT FROM value, 'idle', 'works'))
    WHEN site_id NOT IN (SELECT site_id FROM here) THEN 'gone'
    ELSE if((user_id, site_id) IN (SELECT (user_id, site_id) FROM desired.user_sites WHERE status = 'active'), 'idle', 'works')
  END AS state
FROM beside
