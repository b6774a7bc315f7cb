-- one row: how many rows roster.course_access has
-- needs: roster.sections
SELECT coalesce(sum((student_count + teacher_count) * course_count), 0)::BIGINT AS rows FROM roster.sections WHERE visible
