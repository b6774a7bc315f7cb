-- one row per record that waits for a relink to be decided: what comes and what goes
-- needs: guards.relinks
INSERT INTO guards.waiting BY NAME
SELECT entity, id, min(held_by) AS held_by
FROM (
  SELECT entity, id, held_by FROM guards.relinks WHERE verdict = $verdict
  UNION ALL
  SELECT entity, new_id, held_by FROM guards.relinks WHERE verdict = $verdict
)
GROUP BY entity, id
