-- one row per file and other district that it names
-- needs: nothing
INSERT INTO input.named_districts BY NAME
SELECT file, district, lines
FROM read_json($file, format = 'newline_delimited', columns = {file: 'VARCHAR', district: 'VARCHAR', lines: 'BIGINT'})
