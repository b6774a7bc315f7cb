-- one row: on how many active sections a course hangs
-- needs: roster.section_courses, roster.sections
SELECT count(*) AS sections
FROM roster.section_courses AS m JOIN roster.sections AS s ON s.section_id = m.section_id AND s.status = 'active'
WHERE m.course_id = $course_id
