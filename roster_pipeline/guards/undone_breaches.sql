-- one row per undo whose changes come again
-- needs: guards.undone
INSERT INTO guards.breaches BY NAME
SELECT
  'undone|' || undo_sync_id AS key, 'undone' AS guard, mode(entity) AS entity, count(*) AS changes, count(*) AS in_force,
  0 AS "limit", true AS by_count
FROM guards.undone
GROUP BY undo_sync_id
