-- leaves alone the records of people whose data was erased after the sync
-- needs: desired.undone, sync.erasures, sync.syncs
DELETE FROM desired.undone
WHERE CASE entity
  WHEN 'users' THEN entity_id
  WHEN 'user_sites' THEN split_part(entity_id, '/', 1)
  WHEN 'enrollments' THEN split_part(entity_id, '/', 2)
END IN (
  SELECT e.user_id::VARCHAR FROM sync.erasures AS e JOIN sync.syncs AS s USING (sync_id)
  WHERE s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $sync_id)
)
