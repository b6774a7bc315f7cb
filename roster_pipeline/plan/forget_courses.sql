-- forgets the catalog as the last sync read it
-- needs: mapping.courses
DELETE FROM mapping.courses
