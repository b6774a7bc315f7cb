-- holds the change of site of courses whose section is held at its old site
-- needs: plan.section_courses, plan.sections
UPDATE plan.section_courses AS p
SET held_by = s.held_by
FROM plan.sections AS s
WHERE s.section_id = p.section_id AND s.held_by IS NOT NULL AND p.held_by IS NULL AND p.action = 'update'
  AND s.before ->> '$.site_id' IS NOT NULL AND p.before ->> '$.site_id' IS NOT NULL
