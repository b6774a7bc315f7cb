-- one row when something is staged, by this release: what an older one staged lacks a column
-- needs: nothing
SELECT 1 FROM duckdb_columns()
WHERE schema_name = 'staging' AND table_name = 'origin' AND column_name = 'clevers_clock' LIMIT 1
