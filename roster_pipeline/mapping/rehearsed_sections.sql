-- one row per section of the roster, as rules look at it: the active ones, or those that ended in the last year
-- needs: roster.sections, roster.sites
INSERT INTO mapped.ruled_sections BY NAME
SELECT
  s.section_id::VARCHAR AS clever_id, lower(s.site_id) AS site_id, lower(w.name) AS site, lower(s.subject) AS subject,
  lower(s.grade) AS grade, lower(s.clever_course) AS clever_course, lower(s.course_number) AS course_number,
  lower(s.name) AS name, lower(s.term_name) AS term, lower(s.period) AS period
FROM roster.sections AS s LEFT JOIN roster.sites AS w USING (site_id)
WHERE if(
  $ended,
  s.status <> 'active' AND coalesce(
    s.term_end > (SELECT max(term_end) FROM roster.sections WHERE status <> 'active') - INTERVAL 300 DAY, true
  ),
  s.status = 'active'
)
