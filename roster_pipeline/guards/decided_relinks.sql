-- what somebody has decided about a relink stands: an approved one applies, a rejected one stays held
-- needs: guards.relinks, sync.change_log, sync.holds
UPDATE guards.relinks AS r
SET decided_by = h.hold_id, verdict = if(h.status = 'approved', 'relink', 'held'), held_by = if(h.status = 'approved', NULL, h.hold_id)
FROM sync.holds AS h JOIN sync.change_log AS l ON l.sync_id = h.sync_id AND l.held_by = h.hold_id
WHERE h.guard = 'relink' AND h.applied_sync_id IS NULL
  AND (
    h.status = 'rejected'
    OR (h.status = 'approved' AND h.expires_at > $now::TIMESTAMP
      AND (len(coalesce(h.sites, [])) = 0 OR list_contains(h.sites, l.site_id)))
  )
  AND l.action = 'relink' AND l.entity = r.entity AND l.entity_id = r.id::VARCHAR
  AND l.after ->> '$.clever_id' = r.new_clever_id AND r.verdict = 'relink'
