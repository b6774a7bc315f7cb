-- one row per thing that somebody wants: a section as they name it, in small letters, and a course of the catalog
-- needs: nothing
INSERT INTO input.deeds BY NAME
SELECT no, section, course_id, decision
FROM read_json($file, format = 'newline_delimited', columns = {
  no: 'INTEGER', section: 'VARCHAR', course_id: 'VARCHAR', decision: 'VARCHAR'
})
