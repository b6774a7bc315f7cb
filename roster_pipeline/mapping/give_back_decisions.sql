-- with an undo that is undone, the decisions come back that it had taken back
-- needs: mapping.decisions
UPDATE mapping.decisions SET undone_by = NULL WHERE undone_by = $undoes
