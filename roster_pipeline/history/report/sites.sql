-- one row per site, with the counts of people and sections in force
-- needs: roster.sections, roster.sites, roster.user_sites, roster.users, sync.sharing, sync.syncs
WITH people AS (
  SELECT
    m.site_id, count(*) AS people,
    count(*) FILTER (list_contains(u.roles, 'student')) AS students,
    count(*) FILTER (list_contains(u.roles, 'teacher')) AS teachers,
    count(*) FILTER (list_contains(u.roles, 'student') AND u.enrollment_status = 'pending') AS pending_students
  FROM roster.user_sites AS m JOIN roster.users AS u ON u.user_id = m.user_id
  WHERE m.status = 'active' AND u.enrollment_status <> 'archived'
  GROUP BY m.site_id
),
attempts AS (
  SELECT a.site_id, arg_max(started_at, sync_no) AS last_attempt_at, arg_max(y.status, sync_no) AS last_attempt
  FROM roster.sites AS a
  JOIN sync.syncs AS y ON y.trigger NOT IN ('mapping', 'undo', 'end', 'erase', 'override') AND (len(coalesce(y.sites, [])) = 0 OR list_contains(y.sites, a.site_id))
  WHERE a.enrollment_source = 'clever'
  GROUP BY a.site_id
),
classes AS (
  SELECT
    site_id, count(*) AS sections, count(*) FILTER (course_count > 0) AS mapped, count(*) FILTER (course_count = 0) AS unmapped
  FROM roster.sections WHERE status = 'active' GROUP BY site_id
),
-- of a manual site nothing is taken: what Clever shares of it all the same
left_out AS (
  SELECT
    h.site_id, arg_max(h.students, y.sync_no) AS students_left_out, arg_max(h.teachers, y.sync_no) AS teachers_left_out,
    arg_max(h.sections, y.sync_no) AS sections_left_out
  FROM sync.sharing AS h JOIN sync.syncs AS y USING (sync_id)
  WHERE h.site_id IN (SELECT site_id FROM roster.sites WHERE enrollment_source = 'manual')
  GROUP BY h.site_id
)
SELECT
  s.site_id, s.name, s.enrollment_source, s.status, s.time_zone, s.own_limits, s.last_synced_at, s.confirmed_at, s.confirmed_by, last_attempt_at, last_attempt,
  coalesce(people, 0) AS people, coalesce(students, 0) AS students, coalesce(teachers, 0) AS teachers, coalesce(sections, 0) AS sections,
  coalesce(mapped, 0) AS mapped, coalesce(unmapped, 0) AS unmapped, coalesce(pending_students, 0) AS pending_students,
  coalesce(students_left_out, 0) AS students_left_out, coalesce(teachers_left_out, 0) AS teachers_left_out,
  coalesce(sections_left_out, 0) AS sections_left_out
FROM roster.sites AS s
LEFT JOIN people USING (site_id) LEFT JOIN classes USING (site_id) LEFT JOIN attempts USING (site_id) LEFT JOIN left_out USING (site_id)
ORDER BY s.name, s.site_id
