-- one row per user record of the landing, contacts included, with only the fields the roster needs
CREATE OR REPLACE TABLE staging.user_records AS
SELECT
  clean(id) AS clever_id, clean(name.first) AS first_name, clean(name.last) AS last_name, clean(email) AS email,
  last_modified, roles.contact IS NOT NULL AS is_contact,
  list_filter([
    CASE WHEN roles.district_admin IS NOT NULL THEN 'district_admin' END,
    CASE WHEN roles.staff IS NOT NULL THEN 'staff' END,
    CASE WHEN roles.student IS NOT NULL THEN 'student' END,
    CASE WHEN roles.teacher IS NOT NULL THEN 'teacher' END
  ], lambda r: r IS NOT NULL) AS roles,
  clean(roles.student.grade) AS grade,
  coalesce(clean(roles.student.sis_id), clean(roles.teacher.sis_id), clean(roles.staff.staff_id)) AS sis_id,
  coalesce(clean(roles.student.school), clean(roles.teacher.school), list_min(roles.staff.schools)) AS primary_site,
  list_distinct(
    coalesce(roles.student.schools, []) || coalesce(roles.teacher.schools, []) || coalesce(roles.staff.schools, [])
    || [roles.student.school, roles.teacher.school]
  ) AS sites
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', name: 'STRUCT(first VARCHAR, last VARCHAR)', email: 'VARCHAR', last_modified: 'VARCHAR',
  roles: 'STRUCT(
    student STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR, grade VARCHAR),
    teacher STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR),
    staff STRUCT(schools VARCHAR[], staff_id VARCHAR),
    district_admin STRUCT(title VARCHAR),
    contact STRUCT(sis_id VARCHAR)
  )'
})
