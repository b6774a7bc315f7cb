-- one row per section ever seen; a term that is over concludes its sections, whether Clever still lists them or not;
-- of a term or course that Clever lists no longer, what was known last stands
CREATE OR REPLACE TABLE desired.sections AS
WITH shared AS (
  SELECT
    i.section_id, s.* EXCLUDE (term_unlisted, course_unlisted) REPLACE (
      if(s.course_unlisted, c.clever_course, s.clever_course) AS clever_course,
      if(s.term_unlisted, c.term_name, s.term_name) AS term_name,
      if(s.term_unlisted, c.term_start, s.term_start) AS term_start,
      if(s.term_unlisted, c.term_end, s.term_end) AS term_end
    )
  FROM staging.sections AS s
  JOIN desired.section_ids AS i ON i.section_n = s.section_n
  JOIN desired.sites AS w ON w.site_id = s.site_id AND w.enrollment_source = 'clever'
  LEFT JOIN roster.sections AS c ON c.section_id = i.section_id
)
SELECT
  section_n, section_id, clever_id, site_id, name, subject, grade, period, section_number, sis_id, clever_course, term_name,
  term_start, term_end, if(term_end < $today, 'concluded', 'active') AS status
FROM shared
UNION ALL
SELECT
  NULL, section_id, clever_id, site_id, name, subject, grade, period, section_number, sis_id, clever_course, term_name,
  term_start, term_end, if(status = 'concluded' OR (status = 'active' AND term_end < $today), 'concluded', 'archived')
FROM roster.sections ANTI JOIN shared USING (section_id)
