-- adds one row per pair that a new hold keeps back: what is decided is whether the two are the same
INSERT INTO sync.change_log
SELECT
  $sync_id, r.entity, r.id::VARCHAR, r.site_id, 'relink', json_object('clever_id', r.old_clever_id),
  json_object('clever_id', r.new_clever_id), i.hold_id
FROM plan.relinks AS r
JOIN plan.hold_ids AS i ON i.key = r.held_by
JOIN sync.holds AS h ON h.hold_id = i.hold_id AND h.sync_id = $sync_id
WHERE r.verdict = 'hold'
