-- one row per undo whose changes come again; told of the entity with most of them, of equal ones by name
-- needs: guards.undone
INSERT INTO guards.breaches BY NAME
WITH counted AS (
  SELECT undo_sync_id, entity, count(*) AS changes FROM guards.undone GROUP BY ALL
)
SELECT
  'undone|' || undo_sync_id AS key, 'undone' AS guard, first(entity ORDER BY changes DESC, entity) AS entity,
  sum(changes)::BIGINT AS changes, sum(changes)::BIGINT AS in_force, 0 AS "limit", true AS by_count
FROM counted
GROUP BY undo_sync_id
