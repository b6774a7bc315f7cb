-- one row per site with people in force: how many of them are pending, and for how long
-- needs: roster.sites, roster.users, sync.change_log, sync.syncs
WITH restored AS (
  SELECT try_cast(l.entity_id AS UUID) AS user_id, max(s.started_at) AS at
  FROM sync.change_log AS l JOIN sync.syncs AS s USING (sync_id)
  WHERE l.entity = 'users' AND l.action = 'restore' AND l.held_by IS NULL
  GROUP BY l.entity_id
),
people AS (
  SELECT
    u.site_id, list_contains(u.roles, 'student') AS is_student, u.enrollment_status = 'pending' AS is_pending,
    date_diff('day', greatest(u.first_synced_at, r.at), $now::TIMESTAMP) AS days
  FROM roster.users AS u LEFT JOIN restored AS r USING (user_id)
  WHERE u.enrollment_status <> 'archived'
)
SELECT
  p.site_id, s.name AS site, count(*) AS people, count(*) FILTER (is_pending AND days > $days) AS pending,
  count(*) FILTER (is_student) AS students, count(*) FILTER (is_student AND is_pending AND days > $days) AS pending_students,
  max(days) FILTER (is_pending AND days > $days) AS longest_days
FROM people AS p LEFT JOIN roster.sites AS s USING (site_id)
WHERE $site IS NULL OR lower($site) IN (lower(p.site_id), lower(s.name))
GROUP BY ALL
ORDER BY site NULLS LAST, p.site_id
