-- one row per line of data/section_courses.csv for this district; section_id is ours or Clever's, in small letters
-- needs: nothing
INSERT INTO input.section_courses BY NAME
SELECT section_id, course_id, line
FROM read_json($file, format = 'newline_delimited', columns = {
  section_id: 'VARCHAR', course_id: 'VARCHAR', line: 'INTEGER'
})
