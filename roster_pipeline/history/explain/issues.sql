-- one row per problem that was noted of the records that are asked about: in what was staged last, else in the sync that noted it last
-- needs: staging.issues, sync.issues, sync.syncs
WITH noted AS (
  SELECT entity, record_id, code, message, NULL AS sync_id, NULL AS sync_no
  FROM staging.issues WHERE record_id IN (SELECT unnest($clever_ids::VARCHAR[]))
  UNION ALL
  SELECT i.entity, i.record_id, i.code, i.message, i.sync_id, s.sync_no
  FROM sync.issues AS i JOIN sync.syncs AS s USING (sync_id)
  WHERE i.record_id IN (SELECT unnest($clever_ids::VARCHAR[]))
)
SELECT
  entity, record_id, code, arg_max(message, coalesce(sync_no, 0)) AS message, max_by(sync_id, sync_no) AS sync_id,
  bool_or(sync_id IS NULL) AS stands
FROM noted
GROUP BY entity, record_id, code
ORDER BY entity, record_id, code
