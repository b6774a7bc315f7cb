-- one row per logged change of a person, their memberships and enrollments, those that a hold kept back too
-- needs: sync.change_log, sync.holds, sync.syncs
SELECT
  l.sync_id, s.sync_no, s.started_at AS at, s."trigger", l.entity, l.entity_id, l.action,
  coalesce(json_keys(coalesce(l.before, l.after)), []) AS fields, l.held_by AS hold_id, h.guard, h.status AS hold_status,
  h.decided_at, h.hold_id IS NOT NULL AND h.status <> 'cleared' AND h.applied_sync_id IS NULL AS stands
FROM sync.change_log AS l
JOIN sync.syncs AS s USING (sync_id)
LEFT JOIN sync.holds AS h ON h.hold_id = l.held_by AND h.sync_id = l.sync_id
WHERE CASE l.entity
  WHEN 'users' THEN l.entity_id = $id
  WHEN 'user_sites' THEN starts_with(l.entity_id, $id)
  WHEN 'enrollments' THEN substr(l.entity_id, 38, 36) = $id
  ELSE false
END
ORDER BY s.sync_no, l.entity, l.entity_id
