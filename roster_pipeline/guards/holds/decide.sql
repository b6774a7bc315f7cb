-- writes a person's decision on one hold
-- needs: sync.holds
UPDATE sync.holds
SET status = $decision, decided_by = $by, decided_at = $now::TIMESTAMP, expires_at = $expires_at::TIMESTAMP, reason = $reason,
  sites = $sites::VARCHAR[]
WHERE hold_id = $hold_id AND status <> 'cleared' AND applied_sync_id IS NULL
