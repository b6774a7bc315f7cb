-- one row per finding about what Clever shares, at a site that is synced; findings of a coarser rule mend those that are covered
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users, sync.not_shared, sync.sharing, sync.syncs
CREATE OR REPLACE VIEW sync.sharing_findings AS
WITH synced AS (
  SELECT site_id FROM roster.sites WHERE enrollment_source = 'clever' AND status = 'confirmed'
),
classes AS (
  SELECT s.* FROM roster.sections AS s SEMI JOIN synced USING (site_id) WHERE s.status = 'active'
),
in_section AS (
  SELECT e.user_id, bool_or(s.visible) AS mapped
  FROM roster.enrollments AS e JOIN (FROM roster.sections WHERE status = 'active') AS s USING (section_id)
  WHERE e.status = 'active'
  GROUP BY e.user_id
),
people AS MATERIALIZED (
  SELECT
    u.user_id, u.clever_id, u.sis_id, u.site_id, u.grade, list_contains(u.roles, 'student') AS is_student,
    i.user_id IS NOT NULL AS in_section, coalesce(i.mapped, false) AS mapped
  FROM roster.users AS u SEMI JOIN synced USING (site_id) LEFT JOIN in_section AS i USING (user_id)
  WHERE u.enrollment_status <> 'archived' AND list_has_any(u.roles, ['student', 'teacher'])
),
schools AS MATERIALIZED (
  SELECT site_id, count(user_id) AS people
  FROM synced
  LEFT JOIN people USING (site_id)
  ANTI JOIN (FROM classes WHERE visible) AS c USING (site_id)
  WHERE user_id IS NOT NULL OR site_id IN (SELECT site_id FROM classes)
  GROUP BY site_id
),
grades AS MATERIALIZED (
  SELECT site_id, grade, count(*) AS people
  FROM people
  WHERE is_student AND grade IS NOT NULL
  GROUP BY ALL
  HAVING NOT bool_or(mapped)
),
latest AS (
  SELECT h.*, row_number() OVER (PARTITION BY h.site_id ORDER BY s.sync_no DESC) AS n
  FROM sync.sharing AS h JOIN sync.syncs AS s USING (sync_id)
  WHERE h.site_id NOT IN (SELECT site_id FROM roster.sites WHERE enrollment_source = 'manual')
),
shared AS (
  SELECT site_id, n, 'students' AS kind, students AS shared FROM latest WHERE n <= 7
  UNION ALL
  SELECT site_id, n, 'teachers', teachers FROM latest WHERE n <= 7
  UNION ALL
  SELECT site_id, n, 'sections', sections FROM latest WHERE n <= 7
),
lacks AS (
  SELECT site_id, kind, most - last AS fewer
  FROM (
    SELECT site_id, kind, max(shared) AS most, max(shared) FILTER (n = 1) AS last
    FROM shared
    GROUP BY ALL
  )
  WHERE most - last >= 5 AND most - last > most / 10
),
found AS (
  SELECT site_id, 'school_not_mapped' AS finding, 'sites' AS entity, site_id AS clever_id, people FROM schools
  UNION ALL BY NAME
  SELECT site_id, 'grade_not_mapped' AS finding, 'grades' AS entity, grade, people FROM grades
  UNION ALL BY NAME
  SELECT
    site_id,
    CASE
      WHEN in_section THEN 'people_in_no_mapped_section'
      WHEN is_student THEN 'students_in_no_section'
      ELSE 'teachers_in_no_section'
    END AS finding,
    'users' AS entity, user_id::VARCHAR AS record_id, clever_id, sis_id, grade, 1 AS people
  FROM people
  WHERE NOT mapped
  UNION ALL BY NAME
  SELECT
    site_id, 'sections_without_teachers' AS finding, 'sections' AS entity, section_id::VARCHAR AS record_id, clever_id, sis_id, grade,
    student_count AS people
  FROM classes
  WHERE teacher_count = 0
  UNION ALL BY NAME
  SELECT
    site_id, 'sections_without_students' AS finding, 'sections' AS entity, section_id::VARCHAR AS record_id, clever_id, sis_id, grade,
    teacher_count AS people
  FROM classes
  WHERE student_count = 0
  UNION ALL BY NAME
  SELECT
    n.site_id, n.role || 's_not_shared' AS finding, 'users' AS entity, n.clever_id,
    n.section, s.sis_id AS section_sis_id, 1 AS people
  FROM sync.not_shared AS n SEMI JOIN synced USING (site_id) LEFT JOIN roster.sections AS s ON s.clever_id = n.section
  UNION ALL BY NAME
  SELECT site_id, 'sudden_lack' AS finding, kind AS entity, fewer AS people FROM lacks
)
SELECT
  f.site_id, f.finding, f.entity, f.record_id, f.clever_id, f.sis_id, f.grade, f.section, f.section_sis_id, f.people,
  f.finding IN (
    'grade_not_mapped', 'people_in_no_mapped_section', 'students_in_no_section', 'teachers_in_no_section', 'sections_without_teachers',
    'sections_without_students'
  ) AND f.site_id IN (SELECT site_id FROM schools)
  OR f.finding IN ('people_in_no_mapped_section', 'students_in_no_section') AND (f.site_id, f.grade) IN (SELECT (site_id, grade) FROM grades)
  AS covered
FROM found AS f
