-- one row per line of data/section_courses.csv that names a shared section by an id which Clever no longer uses for it; one that Clever uses for another section by now names that, unless the course hangs on the first by this line
-- needs: identity.sections, input.section_courses, roster.section_courses, roster.sections, staging.sections, sync.change_log
INSERT INTO mapped.renamed_lines BY NAME
WITH renamed AS (
  SELECT i.clever_id, i.section_id, c.clever_id AS known_as
  FROM identity.sections AS i JOIN roster.sections AS c ON c.section_id = i.section_id
  WHERE c.clever_id <> i.clever_id OR i.section_id <> platform_id('section', i.clever_id)
),
earlier_ids AS (
  SELECT clever_id, section_id, lower(known_as) AS named FROM renamed
  UNION
  SELECT clever_id, section_id, section_id::VARCHAR FROM renamed
  UNION
  SELECT r.clever_id, r.section_id, lower(json_extract_string(l.before, '$.clever_id'))
  FROM renamed AS r
  JOIN sync.change_log AS l ON l.entity = 'sections' AND l.entity_id = r.section_id::VARCHAR AND l.action IN ('relink', 'restore')
),
named AS (
  SELECT DISTINCT f.line, f.course_id, f.section_id AS said, coalesce(e.clever_id, first_seen.clever_id) AS clever_id,
    coalesce(e.section_id, first_seen.section_id) AS section_id
  FROM input.section_courses AS f
  LEFT JOIN earlier_ids AS e ON e.named = f.section_id
  LEFT JOIN renamed AS first_seen ON first_seen.section_id = platform_id('section', f.section_id)
  WHERE coalesce(e.clever_id, first_seen.clever_id) IS NOT NULL
)
SELECT line, course_id, clever_id
FROM named
WHERE said NOT IN (SELECT lower(clever_id) FROM staging.sections)
  OR (section_id, course_id) IN (SELECT (section_id, course_id) FROM roster.section_courses WHERE mapped_by = 'file')
