-- one row per line of data/subjects.csv, as this sync read it
-- needs: input.subjects
INSERT INTO mapping.subjects BY NAME
SELECT * FROM input.subjects
