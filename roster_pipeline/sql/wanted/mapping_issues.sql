-- one row per line of data/section_courses.csv whose section nobody has ever seen
CREATE OR REPLACE TABLE wanted.mapping_issues AS
SELECT 'warning' AS severity, 'mapping_unknown_section' AS code, 'section_courses' AS entity,
  format('section_courses.csv, line {}', f.line) AS record_id, NULL::VARCHAR AS site_id,
  'The line names a section that is not in this district; it has no effect.' AS message
FROM input.section_courses AS f
ANTI JOIN staging.sections AS s ON s.clever_id = f.section_id
ANTI JOIN staging.sections AS p ON platform_id('section', p.clever_id)::VARCHAR = lower(f.section_id)
ANTI JOIN roster.sections AS c ON c.clever_id = f.section_id
ANTI JOIN roster.sections AS r ON r.section_id::VARCHAR = lower(f.section_id)
