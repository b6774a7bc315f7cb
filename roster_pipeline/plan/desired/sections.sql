-- one row per section ever seen; a term that is over concludes its sections, whether Clever still lists them or not; of a term or course that Clever lists no longer, what was known last stands; those of a manual site stay
-- needs: desired.sites, identity.sections, roster.sections, staging.sections
INSERT INTO desired.sections BY NAME
WITH shared AS (
  SELECT
    i.section_id, s.* EXCLUDE (term_unlisted, course_unlisted, course_number) REPLACE (
      if(s.course_unlisted, c.clever_course, s.clever_course) AS clever_course,
      if(s.term_unlisted, c.term_name, s.term_name) AS term_name,
      if(s.term_unlisted, c.term_start, s.term_start) AS term_start,
      if(s.term_unlisted, c.term_end, s.term_end) AS term_end
    )
  FROM staging.sections AS s
  JOIN identity.sections AS i ON i.section_n = s.section_n
  JOIN desired.sites AS w ON w.site_id = s.site_id AND w.enrollment_source = 'clever' AND w.status = 'confirmed'
  LEFT JOIN roster.sections AS c ON c.section_id = i.section_id
)
SELECT *, if(term_end < $today, 'concluded', 'active') AS status
FROM shared
UNION ALL BY NAME
SELECT c.* EXCLUDE (course_number, visible, student_count, teacher_count, course_count, unmapped_since, since_sync_id) REPLACE (
  CASE
    WHEN status = 'concluded' OR (status = 'active' AND term_end < $today) THEN 'concluded'
    WHEN site_id IN (SELECT site_id FROM desired.sites WHERE enrollment_source = 'manual' AND status = 'confirmed') THEN status
    ELSE 'archived'
  END AS status
)
FROM roster.sections AS c ANTI JOIN shared USING (section_id)
