-- one row per active section and course that was carried over, with the section that it is from
-- needs: roster.section_courses, roster.sections, roster.sites
SELECT
  m.section_id::VARCHAR AS section_id, m.course_id, m.carried_because AS because, m.from_section_id::VARCHAR AS from_section_id,
  coalesce(w.name, s.site_id) AS site, s.clever_course, s.grade, s.student_count AS students
FROM roster.section_courses AS m
JOIN roster.sections AS s ON s.section_id = m.section_id AND s.status = 'active'
LEFT JOIN roster.sites AS w ON w.site_id = s.site_id
WHERE m.mapped_by = 'carried_over'
  AND ($site IS NULL OR lower($site) IN (lower(s.site_id), lower(w.name)))
  AND ($course IS NULL OR lower($course) = lower(m.course_id))
  AND ($from IS NULL OR starts_with(m.from_section_id::VARCHAR, lower($from)))
ORDER BY s.student_count DESC, m.section_id, m.course_id
