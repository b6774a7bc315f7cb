-- one row per section and course that somebody decides about now, with its score where it is suggested there; those with most students first
-- needs: input.decisions, mapping.suggestions, roster.sections, roster.sites
SELECT
  d.section_id::VARCHAR AS section_id, d.decision, d.course_id, g.score, coalesce(w.name, s.site_id) AS site, s.clever_course,
  s.grade, s.period, s.student_count AS students
FROM input.decisions AS d
JOIN roster.sections AS s USING (section_id)
LEFT JOIN roster.sites AS w ON w.site_id = s.site_id
LEFT JOIN mapping.suggestions AS g ON g.section_id = d.section_id AND g.course_id = d.course_id
ORDER BY s.student_count DESC, d.section_id, d.course_id
LIMIT $limit
