-- one row when something is staged, by this release: what an older one staged lacks a column
-- needs: nothing
SELECT 1 FROM duckdb_columns()
WHERE schema_name = 'staging' AND table_name = 'sections' AND column_name = 'course_number' LIMIT 1
