-- holds the new sections that may be known ones, and the known ones that would end for it
-- needs: guards.decided, guards.waiting, plan.sections
UPDATE plan.sections AS s
SET held_by = w.held_by
FROM guards.waiting AS w
WHERE w.entity = 'sections' AND w.id = s.section_id AND s.action IN ('create', 'archive', 'conclude') AND s.held_by IS NULL
  AND s.section_id::VARCHAR NOT IN (
    SELECT entity_id FROM guards.decided WHERE guard = 'relink_ambiguous' AND entity = 'sections' AND status = 'approved'
  )
