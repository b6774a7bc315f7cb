-- one row per unmapped section and course that hangs on another section of its primary teacher
-- needs: roster.enrollments, roster.section_courses, temp.named_sections
INSERT INTO temp.taught_beside BY NAME
WITH teachers AS (
  SELECT section_id, user_id FROM roster.enrollments WHERE role = 'teacher' AND is_primary AND status = 'active'
)
SELECT n.section_id, c.course_id, count(*) AS sections
FROM temp.named_sections AS n
JOIN teachers AS t USING (section_id)
JOIN teachers AS beside ON beside.user_id = t.user_id
JOIN roster.section_courses AS c ON c.section_id = beside.section_id
WHERE n.unmapped
GROUP BY n.section_id, c.course_id
