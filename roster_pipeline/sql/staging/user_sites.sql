-- one row per synced person and known site
CREATE OR REPLACE TABLE staging.user_sites AS
WITH schools AS (
  SELECT
    clever_id,
    coalesce(clean(roles.student.school), clean(roles.teacher.school), list_min(roles.staff.schools)) AS primary_site,
    unnest(list_distinct(
      coalesce(roles.student.schools, []) || coalesce(roles.teacher.schools, []) || coalesce(roles.staff.schools, [])
      || [roles.student.school, roles.teacher.school]
    )) AS site_id
  FROM staging.user_records
  WHERE clever_id IS NOT NULL
)
SELECT DISTINCT clever_id, clean(site_id) AS site_id, clean(site_id) = primary_site AS is_primary
FROM schools
SEMI JOIN staging.sites ON staging.sites.site_id = clean(schools.site_id)
