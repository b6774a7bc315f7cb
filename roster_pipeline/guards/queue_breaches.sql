-- adds one row when there are ambiguous relinks; what is held for them is counted when the plan is there
INSERT INTO plan.breaches BY NAME
SELECT 'relink_ambiguous|' || $entity AS key, 'relink_ambiguous' AS guard, $entity AS entity, count(*) AS changes, 0 AS "limit", true AS by_count
FROM plan.relinks WHERE entity = $entity AND verdict = 'queue'
HAVING count(*) > 0
