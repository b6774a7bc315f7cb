-- of overrides about the same that an undo made stand together, the newest does; the others are as they were before it
-- needs: roster.overrides
-- idle without: roster.overrides
UPDATE roster.overrides AS o
SET reopened_by = NULL, undone_by = if(o.ended_by IS NULL, $sync_id, NULL)
FROM (
  SELECT max(no) AS newest, if(kind = 'add', 'protect', kind) AS kind, user_id, section_id, site_id, role, field
  FROM roster.overrides
  WHERE undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)
  GROUP BY ALL
) AS same
WHERE o.undone_by IS NULL AND (o.ended_by IS NULL OR o.reopened_by IS NOT NULL)
  AND o.no < same.newest AND if(o.kind = 'add', 'protect', o.kind) = same.kind
  AND o.user_id IS NOT DISTINCT FROM same.user_id AND o.section_id IS NOT DISTINCT FROM same.section_id
  AND o.site_id IS NOT DISTINCT FROM same.site_id AND o.role IS NOT DISTINCT FROM same.role
  AND o.field IS NOT DISTINCT FROM same.field
