-- what an undo takes back anew is not remembered twice, and what it gives back is not held any more
-- needs: plan.changes, sync.undone
DELETE FROM sync.undone WHERE (entity, entity_id) IN (SELECT (entity, entity_id) FROM plan.changes)
