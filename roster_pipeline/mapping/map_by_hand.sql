-- adds the courses that people have hung on sections by hand; one that the catalog has no more, or as inactive, waits there
-- needs: input.courses, mapped.decisions
-- idle without: mapped.decisions
INSERT INTO mapped.section_courses BY NAME
SELECT clever_id, course_id, 'manual' AS mapped_by
FROM mapped.decisions SEMI JOIN (FROM input.courses WHERE active) AS c USING (course_id)
WHERE decision = 'add'
