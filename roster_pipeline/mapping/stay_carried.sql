-- adds what was carried over before to sections about which neither the file nor a rule says anything; it stays so, unless a person takes it off or the section is another class now
-- needs: identity.sections, input.courses, mapped.decisions, mapped.other_classes, mapped.section_courses, roster.section_courses
INSERT INTO mapped.section_courses BY NAME
SELECT i.clever_id, c.course_id, c.mapped_by, c.from_section_id, c.carried_because
FROM roster.section_courses AS c
JOIN identity.sections AS i USING (section_id)
SEMI JOIN (FROM input.courses WHERE active) AS a ON a.course_id = c.course_id
ANTI JOIN mapped.section_courses AS m ON m.clever_id = i.clever_id
ANTI JOIN (FROM mapped.decisions WHERE decision = 'remove') AS d ON d.clever_id = i.clever_id AND d.course_id = c.course_id
ANTI JOIN mapped.other_classes AS o ON o.section_id = c.section_id
WHERE c.mapped_by = 'carried_over'
