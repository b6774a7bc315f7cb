-- one row per active section, those without a course and with most students first; `courses` with what hung each of them there, `short` begins the id of no other, `found` is how many there are in all
-- needs: mapping.courses, mapping.suggestions, roster.section_courses, roster.sections, roster.sites
WITH hung AS (
  SELECT
    m.section_id, list(m.course_id ORDER BY m.course_id) AS course_ids, list(m.mapped_by) AS mapped_by,
    list({
      'course_id': m.course_id, 'title': c.title, 'mapped_by': m.mapped_by, 'rule_id': m.rule_id
    } ORDER BY m.course_id) AS courses
  FROM roster.section_courses AS m LEFT JOIN mapping.courses AS c USING (course_id)
  GROUP BY m.section_id
),
alike AS (
  SELECT left(section_id::VARCHAR, 8) AS beginning, count(*) AS alike FROM roster.sections GROUP BY ALL
),
best AS (
  SELECT section_id, arg_min(course_id, (-score, course_id)) AS suggestion, max(score) AS score FROM mapping.suggestions GROUP BY section_id
)
SELECT
  s.section_id::VARCHAR AS section_id, if(a.alike = 1, left(s.section_id::VARCHAR, 8), s.section_id::VARCHAR) AS short, s.clever_id, s.site_id, w.name AS site, s.name, s.clever_course, s.grade, s.period,
  s.student_count AS students, coalesce(h.courses, []) AS courses, b.suggestion, b.score, count(*) OVER () AS found
FROM roster.sections AS s
JOIN alike AS a ON a.beginning = left(s.section_id::VARCHAR, 8)
LEFT JOIN roster.sites AS w USING (site_id)
LEFT JOIN hung AS h USING (section_id)
LEFT JOIN best AS b USING (section_id)
WHERE s.status = 'active'
  AND ($site IS NULL OR lower($site) IN (lower(s.site_id), lower(w.name)))
  AND ($course IS NULL OR list_contains(list_transform(h.course_ids, lambda c : lower(c)), lower($course)))
  AND ($by IS NULL OR list_contains(h.mapped_by, $by))
  AND (NOT $unmapped OR h.courses IS NULL)
ORDER BY h.courses IS NOT NULL, s.student_count DESC, s.section_id
LIMIT $limit
