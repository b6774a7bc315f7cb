-- one row per site with ambiguous relinks; what is held for them is counted when the plan is there
INSERT INTO plan.trips
WITH waiting AS (
  SELECT new_id, coalesce(min(site_id), '') AS site_id FROM plan.relinks
  WHERE entity = $entity AND verdict = 'queue' GROUP BY new_id
),
population AS (
  SELECT coalesce(site_id, '') AS site_id, in_force FROM plan.population WHERE entity = $entity
)
SELECT
  'relink_ambiguous|' || $entity || '|' || site_id, 'relink_ambiguous', $entity, nullif(site_id, ''), count(*),
  coalesce(any_value(in_force), 0), 0, true, NULL
FROM waiting LEFT JOIN population USING (site_id)
GROUP BY site_id
