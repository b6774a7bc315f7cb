-- one row per record that an undo took back, and about which somebody overrides or ends something now
-- needs: input.ended_overrides, input.overrides, roster.overrides, sync.undone
-- idle without: sync.undone
INSERT INTO plan.overridden BY NAME
WITH now AS (
  SELECT kind, user_id, section_id, site_id, role FROM input.overrides
  UNION ALL
  SELECT kind, user_id, section_id, site_id, role FROM roster.overrides SEMI JOIN input.ended_overrides USING (no)
)
SELECT DISTINCT u.entity, u.entity_id
FROM sync.undone AS u JOIN now AS o ON CASE u.entity
  WHEN 'users' THEN u.entity_id = o.user_id::VARCHAR AND o.section_id IS NULL
  WHEN 'sections' THEN u.entity_id = o.section_id::VARCHAR AND o.user_id IS NULL
  WHEN 'user_sites' THEN split_part(u.entity_id, '/', 1) = o.user_id::VARCHAR
    AND (o.kind = 'exclude' OR split_part(u.entity_id, '/', 2) = o.site_id)
  WHEN 'enrollments' THEN split_part(u.entity_id, '/', 2) = o.user_id::VARCHAR
    AND (o.kind = 'exclude' OR u.entity_id = concat_ws('/', o.section_id, o.user_id, o.role))
  ELSE false
END
