-- after a sync was undone, what had been approved for it is not let through again without a new decision
UPDATE sync.holds
SET status = 'rejected', decided_by = $by, decided_at = $now::TIMESTAMP, reason = 'Sync ' || $undone || ' was undone.'
WHERE applied_sync_id = $undone
