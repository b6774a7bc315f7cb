-- adds one row per change of this undo: what it took back is held until somebody lets it through
-- needs: plan.changes, roster.overrides, sync.syncs
INSERT INTO sync.undone BY NAME
WITH RECURSIVE taken_back AS (
  SELECT sync_id, "trigger", undoes FROM sync.syncs WHERE sync_id = $undoes
  UNION ALL
  SELECT s.sync_id, s."trigger", s.undoes FROM sync.syncs AS s JOIN taken_back AS t ON t.undoes = s.sync_id
),
-- an override that is taken back, or counts again, says by itself what becomes of its record
overrides AS (
  SELECT o.* FROM roster.overrides AS o WHERE EXISTS (
    FROM taken_back AS t WHERE t."trigger" = 'override' AND t.sync_id IN (o.sync_id, o.ended_by)
  )
)
SELECT
  entity, entity_id, site_id, CASE action WHEN 'create' THEN 'archive' WHEN 'archive' THEN 'create' ELSE action END AS redo,
  before AS refused, $sync_id AS undo_sync_id
FROM plan.changes
-- the undo of an undo gives back what Clever said, and so refuses nothing
WHERE (SELECT count(*) % 2 = 0 FROM taken_back WHERE "trigger" = 'undo')
  AND NOT EXISTS (
    FROM overrides AS o WHERE CASE entity
      WHEN 'users' THEN entity_id = o.user_id::VARCHAR AND o.section_id IS NULL
      WHEN 'sections' THEN entity_id = o.section_id::VARCHAR AND o.user_id IS NULL
      WHEN 'user_sites' THEN split_part(entity_id, '/', 1) = o.user_id::VARCHAR
        AND (o.kind = 'exclude' OR split_part(entity_id, '/', 2) = o.site_id)
      WHEN 'enrollments' THEN split_part(entity_id, '/', 2) = o.user_id::VARCHAR
        AND (o.kind = 'exclude' OR entity_id = concat_ws('/', o.section_id, o.user_id, o.role))
      ELSE false
    END
  )
