-- adds one row: this file has the tables of a version and of a model
-- needs: nothing
INSERT INTO sync.schema_versions BY NAME
SELECT $version AS version, now()::TIMESTAMP AS applied_at, $fingerprint AS fingerprint
