-- one row per user record of the landing, contacts included, with only the fields the roster needs
-- needs: nothing
INSERT INTO staging.user_records BY NAME
SELECT
  clean(id) AS clever_id,
  {carried_values users},
  last_modified, roles.contact IS NOT NULL AS is_contact,
  list_filter([
    CASE WHEN roles.district_admin IS NOT NULL THEN 'district_admin' END,
    CASE WHEN roles.staff IS NOT NULL THEN 'staff' END,
    CASE WHEN roles.student IS NOT NULL THEN 'student' END,
    CASE WHEN roles.teacher IS NOT NULL THEN 'teacher' END
  ], lambda r: r IS NOT NULL) AS roles,
  coalesce(clean(roles.student.school), clean(roles.teacher.school), list_min(roles.staff.schools)) AS primary_site,
  list_distinct(
    coalesce(roles.student.schools, []) || coalesce(roles.teacher.schools, []) || coalesce(roles.staff.schools, [])
    || [roles.student.school, roles.teacher.school]
  ) AS sites
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {json_columns users})
