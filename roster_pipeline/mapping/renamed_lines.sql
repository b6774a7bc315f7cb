-- one row per line of data/section_courses.csv that names a shared section by an id which Clever no longer uses for it
-- needs: identity.sections, input.section_courses, roster.sections, staging.sections, sync.change_log
INSERT INTO mapped.renamed_lines BY NAME
WITH renamed AS (
  SELECT i.clever_id, i.section_id, c.clever_id AS known_as
  FROM identity.sections AS i JOIN roster.sections AS c ON c.section_id = i.section_id
  WHERE c.clever_id <> i.clever_id OR i.section_id <> platform_id('section', i.clever_id)
),
earlier_ids AS (
  SELECT clever_id, known_as AS named FROM renamed
  UNION
  SELECT clever_id, section_id::VARCHAR FROM renamed
  UNION
  SELECT r.clever_id, json_extract_string(l.before, '$.clever_id')
  FROM renamed AS r
  JOIN sync.change_log AS l ON l.entity = 'sections' AND l.entity_id = r.section_id::VARCHAR AND l.action IN ('relink', 'restore')
)
SELECT DISTINCT f.line, f.course_id, coalesce(e.clever_id, first_seen.clever_id) AS clever_id
FROM input.section_courses AS f
ANTI JOIN staging.sections AS current ON current.clever_id = f.section_id
LEFT JOIN earlier_ids AS e ON e.named = f.section_id OR e.named = lower(f.section_id)
LEFT JOIN renamed AS first_seen ON first_seen.section_id = platform_id('section', f.section_id)
WHERE coalesce(e.clever_id, first_seen.clever_id) IS NOT NULL
