-- one row per section and person whom it lists and whom we cannot see
-- needs: staging.memberships, staging.section_records, staging.users
INSERT INTO staging.not_shared BY NAME
WITH lacking AS (
  SELECT r.rowid AS section_n, r.students, r.teachers
  FROM staging.section_records AS r
  SEMI JOIN (FROM staging.memberships WHERE user_n IS NULL) AS m ON m.section_n = r.rowid
),
listed AS (
  SELECT section_n, unnest(students) AS clever_id, 'student' AS role FROM lacking
  UNION
  SELECT section_n, unnest(teachers), 'teacher' FROM lacking
)
SELECT section_n, clever_id, role FROM listed ANTI JOIN staging.users USING (clever_id) WHERE clever_id <> ''
