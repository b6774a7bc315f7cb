-- one row per record that waits for a relink to be decided: what comes and what goes
CREATE OR REPLACE TABLE plan.waiting AS
SELECT entity, id, min(held_by) AS key
FROM (
  SELECT entity, id, held_by FROM plan.relinks WHERE verdict IN ('hold', 'queue')
  UNION ALL
  SELECT entity, new_id, held_by FROM plan.relinks WHERE verdict IN ('hold', 'queue')
)
GROUP BY entity, id
