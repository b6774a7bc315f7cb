-- one row per section at a known site
-- needs: staging.clever_courses, staging.section_records, staging.sites, staging.terms
INSERT INTO staging.sections BY NAME
SELECT
  r.rowid::INTEGER AS section_n,
  r.* EXCLUDE (course, term_id, last_modified, primary_teacher, teachers, students) REPLACE (coalesce(r.name, r.sis_id, r.clever_id) AS name),
  c.clever_course, c.course_number, t.name AS term_name, t.start_date AS term_start, t.end_date AS term_end,
  -- it names one that Clever does not list, or Clever lists none at all
  t.term_id IS NULL AND (r.term_id IS NOT NULL OR NOT EXISTS (FROM staging.terms)) AS term_unlisted,
  c.course IS NULL AND (r.course IS NOT NULL OR NOT EXISTS (FROM staging.clever_courses)) AS course_unlisted
FROM staging.section_records AS r
SEMI JOIN staging.sites USING (site_id)
LEFT JOIN staging.clever_courses AS c ON c.course = r.course
LEFT JOIN staging.terms AS t ON t.term_id = r.term_id
WHERE r.clever_id IS NOT NULL
