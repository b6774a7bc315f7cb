-- notes which sync used an approval, once nothing of what it covers is held any more; what was approved is not approved a second time
-- needs: guards.decided, guards.holds, guards.relinks, guards.signs, plan.changes, sync.change_log, sync.holds
-- idle without: sync.holds
UPDATE sync.holds
SET applied_sync_id = $sync_id
WHERE status = 'approved' AND applied_sync_id IS NULL AND expires_at > $now::TIMESTAMP
  AND hold_id IN (
    SELECT d.hold_id
    FROM guards.decided AS d JOIN plan.changes AS c USING (entity, entity_id)
    GROUP BY d.hold_id
    HAVING bool_and(c.held_by IS NULL)
    UNION
    SELECT r.decided_by FROM guards.relinks AS r WHERE r.verdict = 'relink' AND NOT EXISTS (FROM guards.holds WHERE blocks)
    UNION
    SELECT accepted_by FROM guards.signs WHERE NOT EXISTS (FROM guards.holds WHERE blocks)
  )
  AND ($whole_district OR hold_id IN (
    SELECT l.held_by FROM sync.change_log AS l JOIN sync.holds AS h ON h.hold_id = l.held_by AND h.sync_id = l.sync_id
    GROUP BY l.held_by HAVING bool_and(list_contains($sites::VARCHAR[], l.site_id))
  ))
