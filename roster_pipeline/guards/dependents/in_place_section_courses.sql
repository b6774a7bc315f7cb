-- holds the courses that come to a section in place of one that is held
-- needs: plan.section_courses
UPDATE plan.section_courses AS m
SET held_by = h.held_by
FROM (
  SELECT section_id, min(held_by) AS held_by FROM plan.section_courses WHERE action = 'archive' AND held_by IS NOT NULL GROUP BY section_id
) AS h
WHERE h.section_id = m.section_id AND m.held_by IS NULL AND m.action = 'create'
