-- forgets the catalog as the last sync read it
DELETE FROM mapping.courses
