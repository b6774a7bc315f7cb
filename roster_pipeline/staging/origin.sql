-- one row: what tells this staging from every other
INSERT INTO staging.origin BY NAME
SELECT uuid() AS staged_id
