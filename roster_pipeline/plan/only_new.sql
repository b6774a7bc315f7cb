-- one row per entity that changes: whether all of it is new and free
-- needs: plan.counts
SELECT entity, bool_and(action = 'create' AND held_by IS NULL) FROM plan.counts GROUP BY entity
