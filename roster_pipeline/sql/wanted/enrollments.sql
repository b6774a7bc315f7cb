-- one row per section, person and role ever seen; in force only while the section is active
CREATE OR REPLACE TABLE wanted.enrollments AS
WITH shared AS (
  SELECT s.section_id, u.user_id, e.role, s.site_id, e.is_primary, s.status
  FROM staging.enrollments AS e
  JOIN wanted.section_ids AS i ON i.clever_id = e.section
  JOIN wanted.sections AS s ON s.section_id = i.section_id AND s.status <> 'archived'
  JOIN wanted.users AS u ON u.clever_id = e.member AND u.enrollment_status <> 'archived'
)
SELECT section_id, user_id, role, site_id, is_primary, if(status = 'active', 'active', 'archived') AS status
FROM shared
UNION ALL
SELECT section_id, user_id, role, site_id, is_primary, 'archived'
FROM roster.enrollments ANTI JOIN shared USING (section_id, user_id, role)
