-- adds one row per change of this undo: what it took back is held until somebody lets it through
-- needs: plan.changes, sync.syncs
INSERT INTO sync.undone BY NAME
WITH RECURSIVE taken_back AS (
  SELECT sync_id, "trigger", undoes FROM sync.syncs WHERE sync_id = $undoes
  UNION ALL
  SELECT s.sync_id, s."trigger", s.undoes FROM sync.syncs AS s JOIN taken_back AS t ON t.undoes = s.sync_id
)
SELECT
  entity, entity_id, site_id, CASE action WHEN 'create' THEN 'archive' WHEN 'archive' THEN 'create' ELSE action END AS redo,
  before AS refused, $sync_id AS undo_sync_id
FROM plan.changes
-- the undo of an undo gives back what Clever said, and so refuses nothing
WHERE (SELECT count(*) % 2 = 0 FROM taken_back WHERE "trigger" = 'undo')
