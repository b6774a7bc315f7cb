-- adds the districts that the lines of a file name
INSERT OR REPLACE INTO input.named_districts
SELECT file, district, lines
FROM read_json($file, format = 'newline_delimited', columns = {file: 'VARCHAR', district: 'VARCHAR', lines: 'BIGINT'})
