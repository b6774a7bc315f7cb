-- one row per person and site they belong to or have belonged to
CREATE OR REPLACE TABLE wanted.user_sites AS
WITH shared AS (
  SELECT u.user_id, m.site_id, m.site_id = u.site_id AS is_primary
  FROM staging.user_sites AS m
  JOIN wanted.sites AS w ON w.site_id = m.site_id AND w.enrollment_source = 'clever'
  JOIN wanted.users AS u ON u.clever_id = m.clever_id AND u.enrollment_status <> 'archived'
)
SELECT user_id, site_id, is_primary, 'active' AS status FROM shared
UNION ALL
SELECT user_id, site_id, is_primary, 'archived' FROM roster.user_sites ANTI JOIN shared USING (user_id, site_id)
