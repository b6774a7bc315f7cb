-- clears the undecided holds whose changes this plan no longer contains
UPDATE sync.holds
SET status = 'cleared', decided_by = 'later plan', decided_at = $now::TIMESTAMP,
  reason = 'Sync ' || $sync_id || ' no longer contains these changes.'
WHERE status = 'open' AND hold_id NOT IN (SELECT hold_id FROM plan.holds)
