-- one row per entity with records that later syncs changed too
-- needs: desired.undone
SELECT entity, count(*) FROM desired.undone WHERE changed_since GROUP BY entity ORDER BY entity
