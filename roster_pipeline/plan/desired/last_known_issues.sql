-- one row per kind of list that no longer has what sections name: how many keep what was known last
-- needs: identity.sections, roster.sections, staging.sections
INSERT INTO desired.last_known_issues BY NAME
WITH known AS (
  SELECT
    count(*) FILTER (s.term_unlisted AND coalesce(c.term_name, c.term_start::VARCHAR, c.term_end::VARCHAR) IS NOT NULL) AS terms,
    count(*) FILTER (s.course_unlisted AND c.clever_course IS NOT NULL) AS courses
  FROM staging.sections AS s JOIN identity.sections USING (section_n) JOIN roster.sections AS c USING (section_id)
)
SELECT
  'warning' AS severity, 'last_known_terms' AS code, 'sections' AS entity, NULL::VARCHAR AS record_id, NULL::VARCHAR AS site_id,
  format('{} sections name terms that Clever does not list any more; their last known names and dates stand.', terms) AS message
FROM known WHERE terms > 0
UNION ALL
SELECT 'warning', 'last_known_courses', 'sections', NULL, NULL,
  format('{} sections name courses that Clever does not list any more; their last known names stand.', courses)
FROM known WHERE courses > 0
