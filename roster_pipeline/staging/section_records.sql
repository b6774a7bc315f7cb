-- one row per section record of the landing, with only the fields the roster needs
CREATE OR REPLACE TABLE staging.section_records AS
SELECT
  clean(id) AS clever_id, clean(school) AS site_id, clean(course) AS course,
  clean(term_id) AS term_id, clean(name) AS name, clean(subject) AS subject, clean(grade) AS grade,
  clean(period) AS period, clean(section_number) AS section_number, clean(sis_id) AS sis_id, last_modified,
  coalesce(clean(teacher), clean(teachers[1])) AS primary_teacher,
  list_distinct(coalesce(teachers, []) || [teacher]) AS teachers, list_distinct(students) AS students
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', school: 'VARCHAR', course: 'VARCHAR', term_id: 'VARCHAR', name: 'VARCHAR', subject: 'VARCHAR',
  grade: 'VARCHAR', period: 'VARCHAR', section_number: 'VARCHAR', sis_id: 'VARCHAR', teacher: 'VARCHAR',
  teachers: 'VARCHAR[]', students: 'VARCHAR[]', last_modified: 'VARCHAR'
})
