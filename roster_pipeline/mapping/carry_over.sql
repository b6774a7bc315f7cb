-- adds what sections take over from those before them, as far as the catalog has it active
-- needs: input.courses, mapped.carried
INSERT INTO mapped.section_courses BY NAME
SELECT
  clever_id, course_id, 'carried_over' AS mapped_by, from_section_id, because AS carried_because
FROM (SELECT clever_id, from_section_id, because, unnest(courses) AS course_id FROM mapped.carried)
SEMI JOIN (FROM input.courses WHERE active) AS c USING (course_id)
