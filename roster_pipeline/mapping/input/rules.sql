-- one row per rule of data/mapping_rules.csv for this district or for all; NULL means any
-- needs: nothing
INSERT INTO input.rules BY NAME
SELECT rule_id, lower(subject) AS subject, lower(grade) AS grade, lower(clever_course) AS clever_course, course_id
FROM read_json($file, format = 'newline_delimited', columns = {
  rule_id: 'VARCHAR', subject: 'VARCHAR', grade: 'VARCHAR', clever_course: 'VARCHAR', course_id: 'VARCHAR'
})
