-- what was not carried over is said anew with every sync
-- needs: mapping.not_carried
DELETE FROM mapping.not_carried
