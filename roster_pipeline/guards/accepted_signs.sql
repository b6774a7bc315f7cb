-- notes which signs somebody has accepted: the same sign, of no more records than a tenth above those that were seen
-- needs: guards.signs, sync.hold_parts, sync.holds
UPDATE guards.signs AS s
SET accepted_by = h.hold_id
FROM sync.holds AS h JOIN sync.hold_parts AS p USING (hold_id, sync_id)
WHERE h.guard = 'broken_extract' AND h.status = 'approved' AND h.applied_sync_id IS NULL AND h.expires_at > $now::TIMESTAMP
  AND p.sign = s.sign AND s.changes <= 1.1 * p.changes
  AND (len(coalesce(h.sites, [])) = 0 OR list_contains(h.sites, s.site_id))
