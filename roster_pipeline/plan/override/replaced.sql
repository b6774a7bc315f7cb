-- one row per override about the same as the one that somebody makes now, in the place of which it comes
-- needs: input.overrides, roster.overrides
INSERT INTO input.ended_overrides BY NAME
SELECT o.no
FROM roster.overrides AS o JOIN input.overrides AS i
  ON (i.kind = o.kind OR (i.kind IN ('protect', 'add') AND o.kind IN ('protect', 'add')))
  AND o.user_id IS NOT DISTINCT FROM i.user_id AND o.section_id IS NOT DISTINCT FROM i.section_id
  AND o.site_id IS NOT DISTINCT FROM i.site_id AND o.role IS NOT DISTINCT FROM i.role AND o.field IS NOT DISTINCT FROM i.field
WHERE o.undone_by IS NULL AND (o.ended_by IS NULL OR o.reopened_by IS NOT NULL)
