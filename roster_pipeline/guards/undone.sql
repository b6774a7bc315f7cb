-- one row per change of this plan that would do again what an undo took back
-- needs: guards.decided, input.confirmed, input.decisions, plan.changes, plan.confirmed, plan.overridden, plan.section_courses, sync.undone
INSERT INTO guards.undone BY NAME
WITH section_courses AS (
  SELECT concat_ws('/', section_id, course_id) AS entity_id, section_id, mapped_by, rule_id, action FROM plan.section_courses
),
records AS (
  SELECT c.entity, c.entity_id, u.undo_sync_id, c.action, c.site_id, m.section_id
  FROM sync.undone AS u
  JOIN plan.changes AS c ON c.entity = u.entity AND c.entity_id = u.entity_id
  LEFT JOIN section_courses AS m ON c.entity = 'section_courses' AND m.entity_id = c.entity_id
  WHERE CASE
    WHEN c.entity <> 'section_courses' OR c.action = 'update'
      THEN without_login(c.after, c.action) = without_login(u.refused, u.redo) AND without_login(c.after, c.action) <> '{}'
    WHEN c.action = 'create' THEN u.redo = 'create'
      AND m.mapped_by = u.refused ->> '$.mapped_by' AND m.rule_id IS NOT DISTINCT FROM u.refused ->> '$.rule_id'
    ELSE u.redo = c.action
  END
),
-- a course was to give way to one that an undo refused, and now gives way to another: the mapping says something else
mapped_anew AS (
  SELECT section_id FROM section_courses ANTI JOIN records USING (entity_id) WHERE action = 'create'
  INTERSECT
  SELECT split_part(entity_id, '/', 1)::UUID FROM sync.undone AS u
  WHERE entity = 'section_courses' AND redo = 'create' AND entity_id NOT IN (SELECT entity_id FROM section_courses)
)
SELECT entity, entity_id, undo_sync_id
FROM records
WHERE (entity <> 'section_courses' OR action <> 'archive' OR section_id NOT IN (FROM mapped_anew))
  -- what somebody has decided about since is theirs
  AND (entity, entity_id) NOT IN (SELECT (entity, entity_id) FROM guards.decided WHERE guard = 'undone')
  AND (entity, entity_id) NOT IN (SELECT (entity, entity_id) FROM plan.overridden)
  AND NOT (entity = 'section_courses' AND entity_id IN (SELECT concat_ws('/', section_id, course_id) FROM input.decisions))
  -- and so is a site that somebody confirms anew
  AND coalesce(site_id, '') NOT IN (SELECT site_id FROM plan.confirmed SEMI JOIN (FROM input.confirmed WHERE sections IS NOT NULL) USING (site_id))
