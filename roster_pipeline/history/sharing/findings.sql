-- one row per finding about what Clever shares, at a site that is synced; findings of a coarser rule mend those that are covered
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users, sync.change_log, sync.not_shared, sync.sharing, sync.syncs
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
  SELECT h.*, s.sync_no, row_number() OVER (PARTITION BY h.site_id ORDER BY s.sync_no DESC) AS n
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
-- what left the roster, or is held, since the first of those syncs: who is elsewhere now, and what is over, did not
since AS (
  SELECT site_id, min(sync_no) AS sync_no FROM latest WHERE n <= 7 GROUP BY site_id
),
gone AS (
  SELECT l.entity, l.entity_id, l.site_id, s.sync_no
  FROM sync.change_log AS l JOIN sync.syncs AS s USING (sync_id)
  WHERE l.action = 'archive' AND l.entity IN ('users', 'user_sites', 'sections') AND s.sync_no > (SELECT min(sync_no) FROM since)
),
not_any_more AS (
  SELECT site_id, role || 's' AS kind, count(DISTINCT user_id) AS gone
  FROM (
    SELECT m.site_id, u.user_id, unnest(u.roles) AS role
    FROM (FROM gone WHERE entity = 'user_sites') AS m
    JOIN since ON since.site_id = m.site_id AND m.sync_no > since.sync_no
    JOIN roster.users AS u ON u.user_id::VARCHAR = split_part(m.entity_id, '/', 1)
    WHERE u.user_id::VARCHAR IN (SELECT entity_id FROM gone WHERE entity = 'users')
  )
  GROUP BY ALL
  UNION ALL
  SELECT g.site_id, 'sections', count(DISTINCT entity_id)
  FROM gone AS g JOIN since ON since.site_id = g.site_id AND g.sync_no > since.sync_no
  WHERE g.entity = 'sections'
  GROUP BY ALL
),
lacks AS (
  SELECT site_id, kind, least(most - last, gone) AS fewer
  FROM (
    SELECT site_id, kind, max(shared) AS most, max(shared) FILTER (n = 1) AS last
    FROM shared
    GROUP BY ALL
  ) JOIN not_any_more USING (site_id, kind)
  WHERE least(most - last, gone) >= 5 AND least(most - last, gone) > most / 10
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
