-- one row per kind of record of which many more were left out than in the last sync that was not held as a whole
-- needs: staging.issues, staging.sections, staging.users, sync.issues, sync.syncs
WITH last_good AS (
  SELECT sync_id FROM sync.syncs
  WHERE sync_id <> $sync_id AND trigger NOT IN ('undo', 'erase')
    AND (status = 'succeeded' OR (status = 'held' AND created + updated + archived + restored > 0))
  ORDER BY sync_no DESC
  LIMIT 1
),
left_out AS (
  SELECT entity, count(*) AS records FROM staging.issues WHERE list_contains($codes, code) GROUP BY entity
),
before AS (
  SELECT entity, count(*) AS records FROM sync.issues SEMI JOIN last_good USING (sync_id)
  WHERE list_contains($codes, code) GROUP BY entity
),
sent AS (
  SELECT 'users' AS entity, count(*) AS records FROM staging.users
  UNION ALL
  SELECT 'sections', count(*) FROM staging.sections
  UNION ALL
  SELECT 'enrollments', count(*) FROM staging.sections
)
SELECT entity, left_out.records - coalesce(before.records, 0) AS records, sent.records AS sent
FROM left_out JOIN sent USING (entity) LEFT JOIN before USING (entity)
WHERE sent.records >= $minimum
  AND 100 * (left_out.records - coalesce(before.records, 0)) > $percent::DECIMAL(9, 3) * sent.records
ORDER BY entity
