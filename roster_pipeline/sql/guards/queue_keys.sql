-- an ambiguous relink waits with the others at its site, all pairs of one new record together
UPDATE plan.relinks AS r
SET held_by = 'relink_ambiguous|' || $entity || '|' || q.site_id
FROM (
  SELECT new_id, coalesce(min(site_id), '') AS site_id FROM plan.relinks
  WHERE entity = $entity AND verdict = 'queue' GROUP BY new_id
) AS q
WHERE r.entity = $entity AND r.verdict = 'queue' AND r.new_id = q.new_id
