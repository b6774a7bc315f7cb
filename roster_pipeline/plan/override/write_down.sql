-- adds one row per override of this sync, numbered on
-- needs: input.overrides, roster.overrides
-- idle without: input.overrides
INSERT INTO roster.overrides BY NAME
SELECT (SELECT coalesce(max(no), 0) + 1 FROM roster.overrides) AS no, *, $sync_id AS sync_id FROM input.overrides
