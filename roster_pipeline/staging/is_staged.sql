-- one row when something is staged, by this release: an older one called its tables otherwise
-- needs: nothing
SELECT 1 FROM duckdb_tables() WHERE schema_name = 'staging' AND table_name = 'memberships' LIMIT 1
