-- one row per active section of a site with students who are pending: how many of its students that are, those with most first
-- needs: roster.enrollments, roster.sections, roster.sites, roster.users, sync.change_log, sync.syncs
WITH restored AS (
  SELECT try_cast(l.entity_id AS UUID) AS user_id, max(s.started_at) AS at
  FROM sync.change_log AS l JOIN sync.syncs AS s USING (sync_id)
  WHERE l.entity = 'users' AND l.action = 'restore' AND l.held_by IS NULL
  GROUP BY l.entity_id
)
SELECT
  s.section_id, s.name AS section, w.name AS site, s.student_count AS students, count(*) AS pending,
  max(date_diff('day', greatest(u.first_synced_at, r.at), $now::TIMESTAMP)) AS longest_days
FROM roster.sections AS s
JOIN roster.enrollments AS e ON e.section_id = s.section_id AND e.role = 'student' AND e.status = 'active'
JOIN roster.users AS u ON u.user_id = e.user_id AND u.enrollment_status = 'pending'
LEFT JOIN restored AS r ON r.user_id = u.user_id
LEFT JOIN roster.sites AS w ON w.site_id = s.site_id
WHERE s.status = 'active' AND ($site IS NULL OR lower($site) IN (lower(s.site_id), lower(w.name)))
  AND date_diff('day', greatest(u.first_synced_at, r.at), $now::TIMESTAMP) > $days
GROUP BY ALL
ORDER BY pending DESC, section, s.section_id
LIMIT $limit
