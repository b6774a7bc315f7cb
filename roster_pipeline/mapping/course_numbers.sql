-- notes the number of Clever's course of each section; it is no change of the section
-- needs: identity.sections, roster.sections, staging.sections
UPDATE roster.sections AS s
SET course_number = n.course_number
FROM (SELECT i.section_id, r.course_number FROM staging.sections AS r JOIN identity.sections AS i USING (section_n)) AS n
WHERE n.section_id = s.section_id AND n.course_number IS NOT NULL AND n.course_number IS DISTINCT FROM s.course_number
