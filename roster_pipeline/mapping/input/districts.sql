-- one row per district of this warehouse
CREATE OR REPLACE TABLE memory.input.districts AS SELECT unnest($slugs::VARCHAR[]) AS slug
