-- one row per person who is pending, since they came or came back, those who have been so longest first
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users, sync.change_log, sync.syncs
WITH restored AS (
  SELECT try_cast(l.entity_id AS UUID) AS user_id, max(s.started_at) AS at
  FROM sync.change_log AS l JOIN sync.syncs AS s USING (sync_id)
  WHERE l.entity = 'users' AND l.action = 'restore' AND l.held_by IS NULL
  GROUP BY l.entity_id
)
SELECT
  u.user_id, concat_ws(' ', u.first_name, u.last_name) AS name, u.roles, w.name AS site, u.grade,
  (
    SELECT coalesce(list(s.name ORDER BY s.name), [])
    FROM roster.enrollments AS e JOIN roster.sections AS s ON s.section_id = e.section_id AND s.status = 'active'
    WHERE e.user_id = u.user_id AND e.status = 'active'
  ) AS sections,
  greatest(u.first_synced_at, r.at) AS since, date_diff('day', greatest(u.first_synced_at, r.at), $now::TIMESTAMP) AS days
FROM roster.users AS u LEFT JOIN restored AS r USING (user_id) LEFT JOIN roster.sites AS w ON w.site_id = u.site_id
WHERE u.enrollment_status = 'pending' AND ($site IS NULL OR lower($site) IN (lower(u.site_id), lower(w.name)))
  AND date_diff('day', greatest(u.first_synced_at, r.at), $now::TIMESTAMP) > $days
ORDER BY since, u.user_id
LIMIT $limit
