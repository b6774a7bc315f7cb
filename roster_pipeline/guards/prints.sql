-- one row per key that marks changes: their fingerprint and number; of relinks, those of the pairs
-- needs: guards.relinks, plan.changes
SELECT
  held_by,
  bit_xor(md5_number_lower(concat_ws('|', entity, entity_id, action, coalesce(before, ''), coalesce(after, '')))) AS print,
  count(*) AS n
FROM plan.changes WHERE held_by IS NOT NULL AND NOT starts_with(held_by, 'relink|')
GROUP BY held_by
UNION ALL
SELECT held_by, bit_xor(md5_number_lower(concat_ws('|', entity, id, 'relink', old_clever_id, new_clever_id))), count(*)
FROM guards.relinks WHERE verdict = 'held'
GROUP BY held_by
