-- one row per line whose section or site nobody has ever seen, and per file and district that this warehouse does not know
-- needs: input.districts, input.named_districts, input.section_courses, input.site_settings, mapped.decisions, mapped.renamed_lines, roster.sections, roster.sites, staging.sections, staging.sites
-- idle without: input.named_districts, input.section_courses, input.site_settings
INSERT INTO mapped.line_issues BY NAME
WITH unknown_districts AS (
  SELECT *, row_number() OVER (PARTITION BY file ORDER BY lines DESC, district) AS n
  FROM input.named_districts ANTI JOIN input.districts ON slug = district
),
alike AS (
  SELECT file, district, arg_max(slug, jaro_winkler_similarity(slug, district)) AS slug
  FROM (FROM unknown_districts WHERE n <= 100) CROSS JOIN input.districts
  WHERE jaro_winkler_similarity(slug, district) >= 0.85
  GROUP BY file, district
)
SELECT
  'warning' AS severity, 'mapping_unknown_section' AS code, 'section_courses' AS entity,
  format('section_courses.csv, line {}', f.line) AS record_id, NULL::VARCHAR AS site_id,
  'The line names a section that is not in this district; it has no effect.' AS message, f.line::BIGINT AS line, 1::BIGINT AS lines
FROM input.section_courses AS f
ANTI JOIN staging.sections AS s ON lower(s.clever_id) = f.section_id
ANTI JOIN staging.sections AS p ON platform_id('section', p.clever_id)::VARCHAR = f.section_id
ANTI JOIN roster.sections AS c ON lower(c.clever_id) = f.section_id
ANTI JOIN roster.sections AS r ON r.section_id::VARCHAR = f.section_id
UNION ALL
SELECT
  'warning', 'mapping_line_ended', 'section_courses', format('section_courses.csv, line {}', f.line), NULL,
  'The id is used for another class than the one that the line was for; it has no effect. Take it out; if the new class is meant, write it again after a sync, or say it by hand.', f.line, 1
FROM input.section_courses AS f
LEFT JOIN mapped.renamed_lines AS n ON n.line = f.line
JOIN mapped.decisions AS d ON d.course_id = f.course_id AND d.decision = 'ended'
  AND (f.section_id IN (lower(d.clever_id), d.section_id::VARCHAR) OR d.clever_id = n.clever_id)
UNION ALL
SELECT
  'warning', 'input_unknown_site', 'sites', format('sites.csv, line {}', f.line), NULL,
  'The line names a site that is not in this district; it has no effect.', f.line, 1
FROM input.site_settings AS f
ANTI JOIN staging.sites AS s ON lower(s.site_id) = f.site_id
ANTI JOIN roster.sites AS c ON lower(c.site_id) = f.site_id
UNION ALL
SELECT
  'warning', 'input_unknown_district', split_part(u.file, '.', 1),
  if(ends_with(u.file, '.csv'), format('{}, {} {}', u.file, lines, if(lines = 1, 'line', 'lines')), u.file),
  NULL,
  format('The district {}, which Clever has not listed so far, is named; that has no effect before it does.', left(u.district, 60))
    || coalesce(format(' Is {} meant?', a.slug), ''),
  u.n, u.lines
FROM unknown_districts AS u LEFT JOIN alike AS a ON a.file = u.file AND a.district = u.district
