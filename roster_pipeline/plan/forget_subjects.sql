-- forgets the subjects as the last sync read them
-- needs: mapping.subjects
DELETE FROM mapping.subjects
