-- adds one row per site and role with more of the judged changes than its limit, and then for the rest of the district
-- needs: guards.judged, guards.limits, guards.population, sync.turnover
INSERT INTO guards.breaches BY NAME
WITH counted AS (
  SELECT j.site_id, j.role, count(*) AS changes, coalesce(any_value(l.own_window), false) AS own_window
  FROM guards.judged AS j LEFT JOIN guards.limits AS l ON l.site_id = j.site_id
  GROUP BY j.site_id, j.role
),
-- what left in the days before and did not come back; nothing when only this plan counts
past AS (
  SELECT site_id, role, sum(gone) - sum(come) AS gone
  FROM sync.turnover WHERE entity = $entity AND applied_at > $since::TIMESTAMP
  GROUP BY ALL
),
of_roles AS (
  SELECT p.site_id, p.role, p.in_force, coalesce(past.gone, 0) AS gone, coalesce(l.own_window, false) AS own_window
  FROM guards.population AS p
  LEFT JOIN past ON past.site_id IS NOT DISTINCT FROM p.site_id AND past.role IS NOT DISTINCT FROM p.role
  LEFT JOIN guards.limits AS l ON l.site_id = p.site_id
  WHERE p.entity = $entity
),
-- changes that are judged without a role are compared with everybody
populated AS (
  FROM of_roles
  UNION ALL
  SELECT site_id, NULL, sum(in_force)::BIGINT, sum(gone), any_value(own_window) FROM of_roles WHERE role IS NOT NULL GROUP BY site_id
),
compared AS (
  SELECT
    c.site_id, c.role, c.changes, p.in_force, greatest(p.gone, 0) AS gone, l.limits[$limit] AS percent,
    l.limits[$count] AS number, l.limits['minimum_population'] AS minimum
  FROM counted AS c
  JOIN populated AS p ON p.site_id = c.site_id AND p.role IS NOT DISTINCT FROM c.role
  JOIN guards.limits AS l ON l.site_id = c.site_id
),
passed AS (
  SELECT * FROM compared
  WHERE in_force >= minimum AND (100 * (changes + gone) > coalesce(percent, 0) * (in_force + gone) OR changes > number)
),
elsewhere AS (
  SELECT role, sum(changes)::BIGINT AS changes
  FROM counted
  WHERE NOT own_window AND (site_id, coalesce(role, '')) NOT IN (SELECT (site_id, coalesce(role, '')) FROM passed)
    OR site_id IS NULL
  GROUP BY role
),
district AS (
  SELECT role, sum(in_force)::BIGINT AS in_force, greatest(sum(gone), 0)::BIGINT AS gone
  FROM populated WHERE NOT own_window GROUP BY role
),
in_the_rest AS (
  SELECT
    NULL::VARCHAR AS site_id, e.role, e.changes, d.in_force, d.gone, l.limits[$limit] AS percent, l.limits[$count] AS number,
    l.limits['minimum_population'] AS minimum
  FROM elsewhere AS e
  JOIN district AS d ON d.role IS NOT DISTINCT FROM e.role
  JOIN guards.limits AS l ON l.site_id IS NULL
)
SELECT
  $key AS key, $guard AS guard, $entity AS entity, site_id, role, changes, in_force, gone,
  if(100 * (changes + gone) > coalesce(percent, 0) * (in_force + gone), coalesce(percent, 0), number)::DOUBLE AS "limit",
  100 * (changes + gone) <= coalesce(percent, 0) * (in_force + gone) AS by_count
FROM (
  FROM passed
  UNION ALL
  FROM in_the_rest
  WHERE in_force >= minimum AND (100 * (changes + gone) > coalesce(percent, 0) * (in_force + gone) OR changes > number)
)
