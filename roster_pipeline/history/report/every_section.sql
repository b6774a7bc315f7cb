-- one row per active section for a spreadsheet: its courses, what hung them there, and the three best suggestions
-- needs: mapping.suggestions, roster.section_courses, roster.sections, roster.sites
WITH hung AS (
  SELECT
    section_id, string_agg(course_id, ';' ORDER BY course_id) AS courses,
    string_agg(DISTINCT mapped_by, ';' ORDER BY mapped_by) AS mapped_by
  FROM roster.section_courses GROUP BY section_id
),
offered AS (
  SELECT section_id, string_agg(course_id, ';' ORDER BY score DESC, course_id) AS suggestions
  FROM (FROM mapping.suggestions QUALIFY row_number() OVER (PARTITION BY section_id ORDER BY score DESC, course_id) <= 3)
  GROUP BY section_id
)
SELECT
  s.section_id::VARCHAR AS section_id, coalesce(h.courses, '') AS courses, coalesce(h.mapped_by, '') AS mapped_by,
  coalesce(o.suggestions, '') AS suggestions, coalesce(w.name, s.site_id) AS site, s.clever_course, s.course_number, s.grade,
  s.period, s.name, s.student_count AS students, coalesce(h.courses, '') AS courses_exported
FROM roster.sections AS s
LEFT JOIN hung AS h USING (section_id)
LEFT JOIN offered AS o USING (section_id)
LEFT JOIN roster.sites AS w USING (site_id)
WHERE s.status = 'active'
ORDER BY site, s.clever_course, s.grade, s.period, s.section_id
