-- after a sync was undone, what had been approved for it is not let through again without a new decision
-- needs: sync.holds
UPDATE sync.holds
SET status = 'rejected', applied_sync_id = NULL, decided_by = $by, decided_at = $now::TIMESTAMP, expires_at = NULL,
  reason = format('Sync {}, which {} had approved this for, was undone.', $undone, decided_by)
WHERE applied_sync_id = $undone
