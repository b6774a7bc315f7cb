-- one row per shared section, as rules look at it; of a course or term that Clever lists no longer, what was known last counts
-- needs: roster.sections, staging.sections, staging.sites
INSERT INTO mapped.ruled_sections BY NAME
SELECT
  s.clever_id, lower(s.site_id) AS site_id, lower(w.name) AS site, lower(s.subject) AS subject, lower(s.grade) AS grade,
  lower(if(s.course_unlisted, c.clever_course, s.clever_course)) AS clever_course,
  lower(if(s.course_unlisted, c.course_number, s.course_number)) AS course_number, lower(s.name) AS name,
  lower(if(s.term_unlisted, c.term_name, s.term_name)) AS term, lower(s.period) AS period
FROM staging.sections AS s
LEFT JOIN staging.sites AS w USING (site_id)
LEFT JOIN roster.sections AS c ON c.clever_id = s.clever_id
