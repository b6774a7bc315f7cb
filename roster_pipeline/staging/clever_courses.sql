-- one row per course of Clever's
-- needs: nothing
INSERT INTO staging.clever_courses BY NAME
SELECT clean(id) AS course, min(clean(name)) AS clever_course, min(clean(number)) AS course_number
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', name: 'VARCHAR', number: 'VARCHAR'
})
GROUP BY clean(id)
