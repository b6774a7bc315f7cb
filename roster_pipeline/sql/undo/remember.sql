-- adds one row per change of this undo: what it took back is held until somebody lets it through
INSERT INTO sync.undone BY NAME
SELECT
  entity, entity_id, site_id, CASE action WHEN 'create' THEN 'archive' WHEN 'archive' THEN 'create' ELSE action END AS redo,
  before AS refused, $sync_id AS undo_sync_id
FROM plan.changes
