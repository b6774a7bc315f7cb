-- what a person decides now is not held by what somebody took back before
-- needs: input.decisions, sync.undone
-- idle without: input.decisions
DELETE FROM sync.undone
WHERE entity = 'section_courses' AND entity_id IN (SELECT concat_ws('/', section_id, course_id) FROM input.decisions)
