-- one row per record that differs between two syncs, with the fields as they were after the first and after the second
WITH between_them AS (
  SELECT * FROM sync.changes WHERE sync_id > $from_sync AND sync_id <= $to_sync AND held_by IS NULL
),
fields AS (
  SELECT
    entity, entity_id, sync_id, action, key,
    before -> ('$."' || key || '"') AS before,
    after -> ('$."' || key || '"') AS after
  FROM (SELECT *, unnest(json_keys(coalesce(before, after))) AS key FROM between_them WHERE before IS NOT NULL OR after IS NOT NULL)
),
net AS (
  SELECT entity, entity_id, key, arg_min(before, sync_id) AS before, arg_max(after, sync_id) AS after
  FROM fields GROUP BY entity, entity_id, key
)
SELECT
  c.entity, c.entity_id, any_value(c.site_id) AS site_id,
  if(bool_or(c.action = 'create'), 'create', arg_max(c.action, c.sync_id)) AS action,
  json_group_object(n.key, n.before) FILTER (n.before IS DISTINCT FROM n.after) AS before,
  json_group_object(n.key, n.after) FILTER (n.before IS DISTINCT FROM n.after) AS after
FROM between_them AS c LEFT JOIN net AS n ON n.entity = c.entity AND n.entity_id = c.entity_id
GROUP BY c.entity, c.entity_id
HAVING bool_or(c.action = 'create') OR bool_or(n.before IS DISTINCT FROM n.after)
ORDER BY c.entity, c.entity_id
LIMIT $limit
