-- adds what was carried over before to sections about which neither the file nor a rule says anything; it stays so, unless the section is another class now
-- needs: identity.sections, input.courses, mapped.section_courses, roster.section_courses, roster.sections, staging.sections
INSERT INTO mapped.section_courses BY NAME
SELECT i.clever_id, c.course_id, c.mapped_by, c.from_section_id, c.carried_because
FROM roster.section_courses AS c
JOIN identity.sections AS i USING (section_id)
JOIN roster.sections AS r ON r.section_id = c.section_id
JOIN staging.sections AS s ON s.section_n = i.section_n
SEMI JOIN (FROM input.courses WHERE active) AS a ON a.course_id = c.course_id
ANTI JOIN mapped.section_courses AS m ON m.clever_id = i.clever_id
WHERE c.mapped_by = 'carried_over' AND (
  r.status = 'active'
  OR (coalesce(lower(s.course_number) = lower(r.course_number), lower(s.clever_course) = lower(r.clever_course), true)
    AND lower(s.grade) IS NOT DISTINCT FROM lower(r.grade))
)
