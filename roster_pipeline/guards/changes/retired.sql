-- one row per course that would be taken off a section that stays, because data/courses.csv has it no more, or as inactive
-- needs: guards.decided, input.courses, mapped.decisions, mapped.other_classes, plan.section_courses, plan.sections
INSERT INTO guards.judged BY NAME
SELECT p.rowid AS record, p.site_id, NULL::VARCHAR AS role
FROM plan.section_courses AS p
ANTI JOIN (FROM input.courses WHERE active) AS c USING (course_id)
WHERE p.action = 'archive' AND p.held_by IS NULL
  AND p.section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude'))
  AND (p.section_id, p.course_id) NOT IN (SELECT (section_id, course_id) FROM mapped.decisions WHERE decision = 'remove')
  AND (p.section_id, p.course_id) NOT IN (
    SELECT (section_id, course_id) FROM mapped.decisions SEMI JOIN mapped.other_classes USING (section_id) WHERE decision <> 'add'
  )
  AND concat_ws('/', p.section_id, p.course_id) NOT IN (
    SELECT entity_id FROM guards.decided
    WHERE entity = 'section_courses' AND status = 'approved' AND guard IN ('retired', 'undone')
  )
