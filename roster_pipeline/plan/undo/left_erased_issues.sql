-- one row per person whose records an undo leaves alone, because their data was erased after the sync that it takes back
-- needs: sync.changes, sync.erasures, sync.syncs
INSERT INTO sync.issues BY NAME
WITH erased AS (
  SELECT DISTINCT e.user_id::VARCHAR AS user_id FROM sync.erasures AS e JOIN sync.syncs AS s USING (sync_id)
  WHERE s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $undoes)
),
concerned AS (
  SELECT
    site_id, CASE entity
      WHEN 'users' THEN entity_id
      WHEN 'user_sites' THEN split_part(entity_id, '/', 1)
      WHEN 'enrollments' THEN split_part(entity_id, '/', 2)
    END AS user_id
  FROM sync.changes WHERE sync_id = $undoes AND held_by IS NULL
)
SELECT $sync_id AS sync_id, 'warning' AS severity, 'erased_left_alone' AS code, 'users' AS entity, user_id AS record_id,
  min(site_id) AS site_id,
  'This person''s data was erased, which cannot be undone: their records stay as they are.' AS message
FROM concerned SEMI JOIN erased USING (user_id)
GROUP BY user_id
