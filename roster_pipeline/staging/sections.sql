-- one row per section at a known site
CREATE OR REPLACE TABLE staging.sections AS
SELECT
  r.rowid::INTEGER AS section_n, r.clever_id, r.site_id, coalesce(r.name, r.sis_id, r.clever_id) AS name, r.subject, r.grade, r.period,
  r.section_number, r.sis_id, c.clever_course, t.name AS term_name, t.start_date AS term_start, t.end_date AS term_end,
  -- it names one that Clever does not list, or Clever lists none at all
  t.term_id IS NULL AND (r.term_id IS NOT NULL OR NOT EXISTS (FROM staging.terms)) AS term_unlisted,
  c.course IS NULL AND (r.course IS NOT NULL OR NOT EXISTS (FROM staging.clever_courses)) AS course_unlisted
FROM staging.section_records AS r
SEMI JOIN staging.sites USING (site_id)
LEFT JOIN staging.clever_courses AS c ON c.course = r.course
LEFT JOIN staging.terms AS t ON t.term_id = r.term_id
WHERE r.clever_id IS NOT NULL
