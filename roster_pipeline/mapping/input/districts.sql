-- one row per district of this warehouse
-- needs: nothing
INSERT INTO input.districts BY NAME
SELECT unnest($slugs::VARCHAR[]) AS slug
