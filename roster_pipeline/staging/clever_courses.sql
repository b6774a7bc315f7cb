-- one row per course of Clever's
CREATE OR REPLACE TABLE staging.clever_courses AS
SELECT clean(id) AS course, min(clean(name)) AS clever_course
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {id: 'VARCHAR', name: 'VARCHAR'})
GROUP BY clean(id)
