-- adds one row per entity, role and site: what left and what came in this sync unasked, for the guards of the days to come
-- needs: guards.decided, guards.limits, guards.signs, plan.enrollments, plan.sections, plan.sites, plan.users
-- idle without: plan.enrollments, plan.sections, plan.users
INSERT INTO sync.turnover BY NAME
WITH decided AS (
  SELECT entity, entity_id FROM guards.decided WHERE status = 'approved'
),
moved AS (
  SELECT 'users' AS entity, main_role(roles) AS role, site_id, user_id::VARCHAR AS entity_id, action FROM plan.users WHERE held_by IS NULL
  UNION ALL
  SELECT 'users', main_role(roles), before ->> '$.site_id', user_id::VARCHAR, 'archive' FROM plan.users
  WHERE held_by IS NULL AND action = 'update' AND before ->> '$.site_id' IS NOT NULL
  UNION ALL
  SELECT 'users', main_role(roles), site_id, user_id::VARCHAR, 'create' FROM plan.users
  WHERE held_by IS NULL AND action = 'update' AND before ->> '$.site_id' IS NOT NULL
  UNION ALL
  SELECT 'sections', NULL, site_id, section_id::VARCHAR, action FROM plan.sections WHERE held_by IS NULL
  UNION ALL
  SELECT 'enrollments', role, site_id, concat_ws('/', section_id, user_id, role), action FROM plan.enrollments
  WHERE held_by IS NULL
    AND user_id NOT IN (SELECT user_id FROM plan.users WHERE action IN ('create', 'archive', 'restore'))
    AND section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('create', 'archive', 'restore', 'conclude'))
)
SELECT
  $sync_id AS sync_id, $now::TIMESTAMP AS applied_at, entity, role, site_id, count(*) FILTER (action = 'archive') AS gone,
  count(*) FILTER (action IN ('create', 'restore')) AS come
FROM moved ANTI JOIN decided USING (entity, entity_id)
WHERE action IN ('archive', 'create', 'restore')
  -- a new site only grows, and what was accepted or expected is no loss
  AND site_id NOT IN (SELECT site_id FROM plan.sites WHERE action IN ('create', 'restore'))
  AND site_id NOT IN (SELECT site_id FROM guards.limits WHERE site_id IS NOT NULL AND expected)
  AND NOT EXISTS (FROM guards.signs AS s WHERE s.accepted_by IS NOT NULL AND s.explains AND coalesce(s.site_id, moved.site_id) = moved.site_id)
GROUP BY entity, role, site_id
