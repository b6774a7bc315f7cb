-- one row per approved hold whose place another hold of this plan takes: what is still the same, what is not
WITH pairs AS (
  SELECT p.hold_id, arg_max({'hold_id': h.hold_id, 'sync_id': h.sync_id, 'by': h.decided_by}, h.decided_at) AS old
  FROM plan.holds AS p
  JOIN sync.holds AS h ON
    h.guard = p.guard AND h.entity = p.entity AND h.site_id IS NOT DISTINCT FROM p.site_id AND h.hold_id <> p.hold_id
  WHERE h.status = 'approved' AND h.applied_sync_id IS NULL AND h.expires_at > $now::TIMESTAMP
  GROUP BY p.hold_id
),
records AS (
  SELECT p.hold_id, c.entity, c.entity_id, c.action, c.before, c.after, true AS is_now
  FROM pairs AS p JOIN plan.changes AS c ON c.held_by = p.hold_id
  UNION ALL
  SELECT p.hold_id, l.entity, l.entity_id, l.action, l.before, l.after, false
  FROM pairs AS p JOIN sync.change_log AS l ON l.sync_id = p.old.sync_id AND l.held_by = p.old.hold_id
),
compared AS (
  SELECT hold_id, bool_or(is_now) AS is_now, bool_or(NOT is_now) AS was_then
  FROM records GROUP BY hold_id, entity, entity_id, action, before, after
)
SELECT
  p.hold_id, p.old.hold_id, p.old."by",
  count_if(c.is_now AND c.was_then), count_if(NOT c.was_then), count_if(NOT c.is_now)
FROM pairs AS p JOIN compared AS c USING (hold_id)
GROUP BY ALL
