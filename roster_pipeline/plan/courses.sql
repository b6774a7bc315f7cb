-- one row per course of the platform's catalog, as this sync read it
-- needs: input.courses
INSERT INTO mapping.courses BY NAME
SELECT * FROM input.courses
