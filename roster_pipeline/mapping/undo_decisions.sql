-- with a sync, the decisions go that it put into effect
-- needs: mapping.decisions
UPDATE mapping.decisions SET undone_by = $sync_id WHERE sync_id = $undoes AND undone_by IS NULL
