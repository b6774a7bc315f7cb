-- one row per change that is taken back, and whether a later sync changed the record too
-- needs: sync.change_log, sync.changes, sync.syncs
INSERT INTO desired.undone BY NAME
WITH later AS (
  SELECT l.entity, l.entity_id
  FROM sync.change_log AS l JOIN sync.syncs AS s USING (sync_id)
  WHERE l.held_by IS NULL AND s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $sync_id)
)
SELECT entity, entity_id, action, before, (entity, entity_id) IN (FROM later) AS changed_since
FROM sync.changes
WHERE sync_id = $sync_id AND held_by IS NULL AND (NOT $only_removals OR action IN ('archive', 'conclude'))
