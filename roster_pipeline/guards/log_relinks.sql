-- adds one row per pair that a new hold keeps back: what is decided is whether the two are the same
-- needs: guards.hold_ids, guards.relinks, sync.holds
INSERT INTO sync.change_log BY NAME
SELECT
  $sync_id AS sync_id, r.entity, r.id::VARCHAR AS entity_id, r.site_id, 'relink' AS "action",
  json_object('clever_id', r.old_clever_id) AS before, json_object('clever_id', r.new_clever_id) AS after, i.hold_id AS held_by
FROM guards.relinks AS r
JOIN guards.hold_ids AS i ON i.key = r.held_by
JOIN sync.holds AS h ON h.hold_id = i.hold_id AND h.sync_id = $sync_id
WHERE r.verdict = 'held'
