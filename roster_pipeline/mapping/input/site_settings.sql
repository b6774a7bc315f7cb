-- one row per site of this district that data/sites.csv says something about; site_id in small letters
-- needs: nothing
INSERT INTO input.site_settings BY NAME
SELECT site_id, enrollment_source, line
FROM read_json($file, format = 'newline_delimited', columns = {
  site_id: 'VARCHAR', enrollment_source: 'VARCHAR', line: 'INTEGER'
})
