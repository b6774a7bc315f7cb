-- one row per course of data/courses.csv
-- needs: nothing
INSERT INTO input.courses BY NAME
SELECT course_id, subject, title, grade, active
FROM read_json($file, format = 'newline_delimited', columns = {
  course_id: 'VARCHAR', subject: 'VARCHAR', title: 'VARCHAR', grade: 'VARCHAR', active: 'BOOLEAN'
})
