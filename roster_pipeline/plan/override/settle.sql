-- what a person overrides now is not held by what somebody took back before
-- needs: plan.overridden, sync.undone
-- idle without: plan.overridden
DELETE FROM sync.undone WHERE (entity, entity_id) IN (SELECT (entity, entity_id) FROM plan.overridden)
