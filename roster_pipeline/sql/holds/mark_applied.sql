-- notes which sync used an approval; what was approved is not approved a second time
UPDATE sync.holds
SET applied_sync_id = $sync_id
WHERE status = 'approved' AND applied_sync_id IS NULL AND expires_at > $now::TIMESTAMP
  AND fingerprint IN (SELECT fingerprint FROM plan.released)
