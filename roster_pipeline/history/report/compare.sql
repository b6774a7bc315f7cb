-- one row per record that differs between two syncs, with the fields as they were after the first and after the second
-- needs: sync.changes, sync.syncs
WITH between_them AS (
  SELECT c.*, s.sync_no
  FROM sync.changes AS c JOIN sync.syncs AS s USING (sync_id)
  WHERE s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $from_sync)
    AND s.sync_no <= (SELECT sync_no FROM sync.syncs WHERE sync_id = $to_sync)
    AND c.held_by IS NULL
),
fields AS (
  SELECT
    entity, entity_id, sync_no, field, before -> ('$."' || field || '"') AS before, after -> ('$."' || field || '"') AS after
  FROM (
    SELECT *, unnest(json_keys(coalesce(before, after))) AS field FROM between_them
    WHERE before IS NOT NULL OR after IS NOT NULL
  )
),
net AS (
  SELECT entity, entity_id, field, arg_min_null(before, sync_no) AS before, arg_max_null(after, sync_no) AS after
  FROM fields
  GROUP BY entity, entity_id, field
  HAVING arg_min_null(before, sync_no) IS DISTINCT FROM arg_max_null(after, sync_no)
),
differing AS (
  SELECT entity, entity_id, json_group_object(field, before) AS before, json_group_object(field, after) AS after
  FROM net GROUP BY entity, entity_id
),
records AS (
  SELECT
    entity, entity_id, any_value(site_id) AS site_id, bool_or(action = 'create') AS is_new, arg_max(action, sync_no) AS action
  FROM between_them GROUP BY entity, entity_id
)
SELECT r.entity, r.entity_id, r.site_id, if(r.is_new, 'create', r.action) AS action, d.before, d.after
FROM records AS r LEFT JOIN differing AS d ON d.entity = r.entity AND d.entity_id = r.entity_id
WHERE r.is_new OR d.entity_id IS NOT NULL
ORDER BY r.entity, r.entity_id
LIMIT $limit
