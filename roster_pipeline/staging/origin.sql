-- one row: what tells this staging from every other
-- needs: nothing
INSERT INTO staging.origin BY NAME
SELECT uuid() AS staged_id
