-- one row per school that Clever shares
-- needs: nothing
INSERT INTO staging.sites BY NAME
SELECT clean(id) AS site_id, coalesce(clean(name), clean(id)) AS name
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', name: 'VARCHAR', last_modified: 'VARCHAR'
})
WHERE clean(id) IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY clean(id) ORDER BY last_modified DESC NULLS LAST, name) = 1
