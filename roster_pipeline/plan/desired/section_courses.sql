-- one row per section and course that should hang on it; what is not active, or at a manual site and not shared, keeps the mapping it had
-- needs: desired.sections, identity.sections, mapped.section_courses, roster.section_courses
INSERT INTO desired.section_courses BY NAME
SELECT s.section_id, m.course_id, s.site_id, m.mapped_by, m.rule_id, m.from_section_id, m.carried_because
FROM mapped.section_courses AS m
JOIN identity.sections AS i ON i.clever_id = m.clever_id
JOIN desired.sections AS s ON s.section_id = i.section_id AND s.status = 'active'
UNION ALL
SELECT section_id, course_id, site_id, mapped_by, rule_id, from_section_id, carried_because
FROM roster.section_courses
SEMI JOIN (
  FROM desired.sections AS s
  WHERE s.status <> 'active' OR (s.section_n IS NULL AND s.section_id NOT IN (SELECT section_id FROM identity.sections))
) AS kept USING (section_id)
