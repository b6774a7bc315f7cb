-- one row per site of this district that data/sites.csv says something about; site_id in small letters
-- needs: nothing
INSERT INTO input.site_settings BY NAME
SELECT
  site_id, enrollment_source, line, time_zone,
  map_from_entries(list_filter([
    {name: 'archive_percent', number: archive_percent}, {name: 'archive_count', number: archive_count},
    {name: 'update_percent', number: update_percent}, {name: 'mapping_percent', number: mapping_percent},
    {name: 'move_percent', number: move_percent}
  ], lambda l: l.number IS NOT NULL)) AS limits
FROM read_json($file, format = 'newline_delimited', columns = {
  site_id: 'VARCHAR', enrollment_source: 'VARCHAR', line: 'INTEGER', time_zone: 'VARCHAR', archive_percent: 'DOUBLE',
  archive_count: 'DOUBLE', update_percent: 'DOUBLE', mapping_percent: 'DOUBLE', move_percent: 'DOUBLE'
})
