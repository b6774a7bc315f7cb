-- one row per section, person and role as Clever lists them; user_n is NULL for somebody whom we cannot see
-- needs: staging.section_records, staging.sections, staging.users
INSERT INTO staging.memberships BY NAME
WITH listed AS (
  SELECT s.section_n, 'student' AS role, unnest(r.students) AS clever_id, NULL AS primary_teacher
  FROM staging.section_records AS r JOIN staging.sections AS s ON s.section_n = r.rowid
  UNION ALL
  SELECT s.section_n, 'teacher', unnest(r.teachers), r.primary_teacher
  FROM staging.section_records AS r JOIN staging.sections AS s ON s.section_n = r.rowid
)
SELECT section_n, user_n, role, coalesce(clever_id = primary_teacher, false) AS is_primary
FROM listed LEFT JOIN (SELECT user_n, clever_id FROM staging.users) AS u USING (clever_id)
WHERE clever_id <> ''
