-- adds one row per entity with ambiguous relinks; what is held for them is counted when the plan is there
-- needs: guards.relinks
INSERT INTO guards.breaches BY NAME
SELECT 'relink_ambiguous|' || entity AS key, 'relink_ambiguous' AS guard, entity, count(*) AS changes, 0 AS "limit", true AS by_count
FROM guards.relinks WHERE verdict = 'ambiguous'
GROUP BY entity
