-- one row per shared section and course that should hang on it; the file is stronger than the rules
-- needs: input.section_courses, mapped.decisions, mapped.renamed_lines, mapped.rule_matches, roster.sections, staging.sections
INSERT INTO mapped.section_courses BY NAME
WITH file_lines AS (
  SELECT DISTINCT clever_id, f.course_id
  FROM (
    SELECT coalesce(by_clever_id.clever_id, by_roster.clever_id, by_first_id.clever_id) AS clever_id, course_id
    FROM input.section_courses AS f
    ANTI JOIN mapped.renamed_lines AS renamed ON renamed.line = f.line
    LEFT JOIN staging.sections AS by_clever_id ON lower(by_clever_id.clever_id) = f.section_id
    LEFT JOIN roster.sections AS by_roster ON by_roster.section_id::VARCHAR = f.section_id
    LEFT JOIN staging.sections AS by_first_id ON platform_id('section', by_first_id.clever_id)::VARCHAR = f.section_id
  ) AS f
  ANTI JOIN (FROM mapped.decisions WHERE decision = 'ended') AS d USING (clever_id, course_id)
),
matching_rules AS (
  SELECT clever_id, course_id, min(rule_id) AS rule_id
  FROM mapped.rule_matches ANTI JOIN file_lines USING (clever_id)
  WHERE counts
  GROUP BY clever_id, course_id
)
SELECT clever_id, course_id, 'file' AS mapped_by, NULL::VARCHAR AS rule_id
FROM file_lines SEMI JOIN staging.sections USING (clever_id)
UNION ALL
SELECT clever_id, course_id, 'rule', rule_id FROM matching_rules
