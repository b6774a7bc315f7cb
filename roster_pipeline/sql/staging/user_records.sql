-- one row per user record of the landing, contacts included, with only the fields the roster needs
CREATE OR REPLACE TABLE staging.user_records AS
SELECT
  clean(id) AS clever_id, clean(name.first) AS first_name, clean(name.last) AS last_name, clean(email) AS email, roles
FROM read_json($users, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', name: 'STRUCT(first VARCHAR, last VARCHAR)', email: 'VARCHAR', last_modified: 'VARCHAR',
  roles: 'STRUCT(
    student STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR, grade VARCHAR),
    teacher STRUCT(school VARCHAR, schools VARCHAR[], sis_id VARCHAR),
    staff STRUCT(schools VARCHAR[], staff_id VARCHAR),
    district_admin STRUCT(title VARCHAR),
    contact STRUCT(sis_id VARCHAR)
  )'
})
QUALIFY clean(id) IS NULL OR row_number() OVER (
  PARTITION BY clean(id) ORDER BY last_modified DESC NULLS LAST, name.last, name.first, email, roles::VARCHAR
) = 1
