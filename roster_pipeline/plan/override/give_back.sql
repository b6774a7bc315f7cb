-- with an undo that is undone, the overrides come back that it had taken back, and the ends that it had taken back hold again
-- needs: roster.overrides
-- idle without: roster.overrides
UPDATE roster.overrides
SET undone_by = if(undone_by = $undoes, NULL, undone_by), reopened_by = if(reopened_by = $undoes, NULL, reopened_by)
WHERE undone_by = $undoes OR reopened_by = $undoes
