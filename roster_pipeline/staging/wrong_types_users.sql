-- one row per user and field that should be an object and is something else
-- needs: nothing
INSERT INTO staging.wrong_types BY NAME
SELECT 'users' AS entity, clean(id) AS record_id, field.name AS field
FROM (
  SELECT id, unnest([{'name': 'name', 'value': name}, {'name': 'roles', 'value': roles}]) AS field
  FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
    id: 'VARCHAR', name: 'JSON', roles: 'JSON'
  })
)
WHERE json_type(field.value) NOT IN ('OBJECT', 'NULL')
