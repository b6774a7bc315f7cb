-- one row per district of this warehouse
INSERT INTO input.districts BY NAME
SELECT unnest($slugs::VARCHAR[]) AS slug
