-- one row per record of the plan that stands now
SELECT entity, entity_id, site_id, action, before, after, held_by
FROM plan.changes
ORDER BY held_by IS NULL, entity, action, entity_id
LIMIT $limit
