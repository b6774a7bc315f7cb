-- one row per line of data/subjects.csv
-- needs: nothing
INSERT INTO input.subjects BY NAME
SELECT clever_subject, catalog_subject, also_called
FROM read_json($file, format = 'newline_delimited', columns = {
  clever_subject: 'VARCHAR', catalog_subject: 'VARCHAR', also_called: 'VARCHAR'
})
