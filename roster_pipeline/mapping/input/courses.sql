-- one row per course of data/courses.csv
CREATE OR REPLACE TABLE input.courses AS
SELECT course_id, subject, title, grade, active
FROM read_json($file, format = 'newline_delimited', columns = {
  course_id: 'VARCHAR', subject: 'VARCHAR', title: 'VARCHAR', grade: 'VARCHAR', active: 'BOOLEAN'
})
