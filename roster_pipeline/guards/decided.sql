-- one row per change of this plan that somebody has decided about, and for which guard
-- needs: plan.changes, sync.change_log, sync.holds
INSERT INTO guards.decided BY NAME
SELECT
  c.entity, c.entity_id, h.guard, h.hold_id, h.status,
  h.entity = c.entity OR h.guard = 'undone' AS is_judged
FROM sync.holds AS h
JOIN sync.change_log AS l ON l.sync_id = h.sync_id AND l.held_by = h.hold_id
JOIN plan.changes AS c ON
  c.entity = l.entity AND c.entity_id = l.entity_id AND c.action = l.action
  AND c.before IS NOT DISTINCT FROM l.before::VARCHAR AND c.after IS NOT DISTINCT FROM l.after::VARCHAR
WHERE h.applied_sync_id IS NULL AND h.guard <> 'broken_extract' -- whose signs are decided, not its changes
  AND (h.status = 'rejected' OR (h.status = 'approved' AND h.expires_at > $now::TIMESTAMP))
  -- a decision for some sites, or the withdrawal of one, says nothing about the others
  AND (len(coalesce(h.sites, [])) = 0 OR list_contains(h.sites, coalesce(l.before ->> '$.site_id', l.site_id)))
