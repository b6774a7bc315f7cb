-- clears the standing holds that this plan does not hold and nobody's approval still waits for: their changes are gone, or others now
-- needs: guards.decided, guards.holds, plan.changes, sync.change_log, sync.holds
-- idle without: sync.holds
UPDATE sync.holds AS h
SET status = 'cleared', cleared_sync_id = $sync_id, cleared_because = CASE
  WHEN h.status = 'approved' AND h.expires_at <= $now::TIMESTAMP THEN 'expired'
  WHEN EXISTS (FROM guards.holds AS p WHERE p.guard = h.guard AND p.entity = h.entity)
    OR h.hold_id IN (
      SELECT l.held_by FROM sync.change_log AS l JOIN plan.changes AS c USING (entity, entity_id) WHERE c.held_by IS NOT NULL
    ) THEN 'changed'
  ELSE 'gone'
END
WHERE h.status <> 'cleared' AND h.applied_sync_id IS NULL
  AND (
    (h.status = 'approved' AND h.expires_at <= $now::TIMESTAMP)
    OR (
      $whole_district AND h.hold_id NOT IN (SELECT hold_id FROM guards.holds)
      AND h.hold_id NOT IN (SELECT hold_id FROM guards.decided WHERE status = 'approved')
      AND (h.guard = 'broken_extract' OR NOT EXISTS (FROM guards.holds WHERE blocks))
    )
  )
