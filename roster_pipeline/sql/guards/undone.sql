-- one row per change of this plan that would do again what an undo took back
CREATE OR REPLACE TABLE plan.undone AS
WITH section_courses AS (
  SELECT concat_ws('/', section_id, course_id) AS entity_id, mapped_by, rule_id FROM plan.section_courses
)
SELECT c.entity, c.entity_id, u.undo_sync_id
FROM sync.undone AS u
JOIN plan.changes AS c ON c.entity = u.entity AND c.entity_id = u.entity_id
LEFT JOIN section_courses AS m ON c.entity = 'section_courses' AND m.entity_id = c.entity_id
WHERE CASE
  WHEN c.entity <> 'section_courses' OR c.action = 'update' THEN without_login(c.after) = without_login(u.refused)
  WHEN c.action = 'create' THEN u.redo = 'create'
    AND m.mapped_by = u.refused ->> '$.mapped_by' AND m.rule_id IS NOT DISTINCT FROM u.refused ->> '$.rule_id'
  ELSE u.redo = c.action
END
