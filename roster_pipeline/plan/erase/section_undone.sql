-- takes family names out of the names of sections that an undo has taken back
-- needs: plan.erasing_sections, sync.undone
UPDATE sync.undone AS u
SET refused = json_merge_patch(u.refused, json_object('name', regexp_replace(u.refused ->> '$.name', e.pattern, '\1…\3', 'g')))
FROM plan.erasing_sections AS e
WHERE u.entity = 'sections' AND u.entity_id = e.section_id::VARCHAR AND regexp_matches(u.refused ->> '$.name', e.pattern)
