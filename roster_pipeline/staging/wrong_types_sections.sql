-- one row per section and field that should be a list and is something else
-- needs: nothing
INSERT INTO staging.wrong_types BY NAME
SELECT 'sections' AS entity, clean(id) AS record_id, field.name AS field
FROM (
  SELECT id, unnest([{'name': 'students', 'value': students}, {'name': 'teachers', 'value': teachers}]) AS field
  FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
    id: 'VARCHAR', students: 'JSON', teachers: 'JSON'
  })
)
WHERE json_type(field.value) NOT IN ('ARRAY', 'NULL')
