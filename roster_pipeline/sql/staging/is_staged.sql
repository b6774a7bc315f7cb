-- one row when something is staged, by this release: an older one did not write this column
SELECT 1 FROM duckdb_columns() WHERE schema_name = 'staging' AND table_name = 'sections' AND column_name = 'term_unlisted' LIMIT 1
