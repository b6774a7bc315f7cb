-- takes family names out of the changes of sections' names
-- needs: plan.erasing_sections, sync.change_log
UPDATE sync.change_log AS l
SET
  before = CASE
    WHEN l.before ->> '$.name' IS NULL THEN l.before
    ELSE json_merge_patch(l.before, json_object('name', regexp_replace(l.before ->> '$.name', e.pattern, '\1…\3', 'g')))
  END,
  after = CASE
    WHEN l.after ->> '$.name' IS NULL THEN l.after
    ELSE json_merge_patch(l.after, json_object('name', regexp_replace(l.after ->> '$.name', e.pattern, '\1…\3', 'g')))
  END
FROM plan.erasing_sections AS e
WHERE l.entity = 'sections' AND l.entity_id = e.section_id::VARCHAR
  AND (regexp_matches(l.before ->> '$.name', e.pattern) OR regexp_matches(l.after ->> '$.name', e.pattern))
