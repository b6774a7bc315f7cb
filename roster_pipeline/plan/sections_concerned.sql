-- one row: how many sections get or lose a course with the plan that stands
-- needs: plan.section_courses
SELECT count(DISTINCT section_id) AS sections
FROM plan.section_courses WHERE held_by IS NULL AND action IN ('create', 'archive')
