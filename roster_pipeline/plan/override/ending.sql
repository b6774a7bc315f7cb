-- one row: the override with this number, when it stands
-- needs: roster.overrides
INSERT INTO input.ended_overrides BY NAME
SELECT no FROM roster.overrides
WHERE no = $no AND undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)
