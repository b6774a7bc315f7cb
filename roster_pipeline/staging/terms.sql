-- one row per term; Clever makes terms up from section data, their ids are not stable
-- needs: nothing
INSERT INTO staging.terms BY NAME
SELECT clean(id) AS term_id, clean(name) AS name, clean_date(start_date) AS start_date, clean_date(end_date) AS end_date
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {
  id: 'VARCHAR', name: 'VARCHAR', start_date: 'VARCHAR', end_date: 'VARCHAR'
})
WHERE clean(id) IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY clean(id) ORDER BY end_date DESC NULLS LAST, start_date, name) = 1
