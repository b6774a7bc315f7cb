-- one row per active section, those without a course and with most students first; `courses` with what hung each of them there
-- needs: mapping.courses, roster.section_courses, roster.sections, roster.sites
WITH hung AS (
  SELECT
    m.section_id, list(m.course_id ORDER BY m.course_id) AS course_ids,
    list({
      'course_id': m.course_id, 'title': c.title, 'mapped_by': m.mapped_by, 'rule_id': m.rule_id
    } ORDER BY m.course_id) AS courses
  FROM roster.section_courses AS m LEFT JOIN mapping.courses AS c USING (course_id)
  GROUP BY m.section_id
)
SELECT
  s.section_id::VARCHAR AS section_id, s.clever_id, s.site_id, w.name AS site, s.name, s.clever_course, s.grade, s.period,
  s.student_count AS students, coalesce(h.courses, []) AS courses
FROM roster.sections AS s
LEFT JOIN roster.sites AS w USING (site_id)
LEFT JOIN hung AS h USING (section_id)
WHERE s.status = 'active'
  AND ($site IS NULL OR lower($site) IN (lower(s.site_id), lower(w.name)))
  AND ($course IS NULL OR list_contains(list_transform(h.course_ids, lambda c : lower(c)), lower($course)))
  AND (NOT $unmapped OR h.courses IS NULL)
ORDER BY h.courses IS NOT NULL, s.student_count DESC, s.section_id
LIMIT $limit
