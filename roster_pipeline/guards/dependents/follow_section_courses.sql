-- holds the courses of sections that are held back from beginning
-- needs: plan.section_courses, plan.sections
UPDATE plan.section_courses AS m
SET held_by = s.held_by
FROM plan.sections AS s
WHERE s.section_id = m.section_id AND s.held_by IS NOT NULL AND m.held_by IS NULL
  AND s.action IN ('create', 'restore', 'archive', 'conclude')
