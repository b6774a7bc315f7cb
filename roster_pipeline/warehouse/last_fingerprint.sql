-- one row: the model whose tables and views this file has
-- needs: sync.schema_versions
SELECT arg_max(fingerprint, applied_at) FROM sync.schema_versions
