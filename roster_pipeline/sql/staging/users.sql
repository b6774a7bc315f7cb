-- one row per person in a role that is synced; a person with several roles is one row
CREATE OR REPLACE TABLE staging.users AS
SELECT
  clever_id,
  list_filter([
    CASE WHEN roles.district_admin IS NOT NULL THEN 'district_admin' END,
    CASE WHEN roles.staff IS NOT NULL THEN 'staff' END,
    CASE WHEN roles.student IS NOT NULL THEN 'student' END,
    CASE WHEN roles.teacher IS NOT NULL THEN 'teacher' END
  ], lambda r: r IS NOT NULL) AS roles,
  first_name, last_name, email, clean(roles.student.grade) AS grade,
  coalesce(clean(roles.student.sis_id), clean(roles.teacher.sis_id), clean(roles.staff.staff_id)) AS sis_id
FROM staging.user_records
WHERE clever_id IS NOT NULL
  AND coalesce(roles.student, roles.teacher, roles.staff, roles.district_admin) IS NOT NULL
