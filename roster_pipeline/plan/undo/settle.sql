-- forgets what was undone once it was let through, once Clever says something else of the record, or nothing any more
-- needs: plan.changes, plan.untouched, sync.undone
-- idle without: sync.undone
DELETE FROM sync.undone AS u
WHERE u.entity NOT IN (SELECT entity FROM plan.untouched)
  AND (u.entity, u.entity_id) NOT IN (SELECT (entity, entity_id) FROM plan.changes WHERE held_by IS NOT NULL)
  AND ($whole_district OR (u.entity, u.entity_id) IN (SELECT (entity, entity_id) FROM plan.changes))
