-- holds enrollments that begin, or end, only because a held section or person does; what ends anyway flows
-- needs: plan.enrollments, plan.sections, plan.users
UPDATE plan.enrollments AS e
SET held_by = f.held_by
FROM (
  SELECT c.section_id, c.user_id, c.role, coalesce(s.held_by, u.held_by) AS held_by
  FROM plan.enrollments AS c
  LEFT JOIN (FROM plan.sections WHERE action NOT IN ('update', 'relink')) AS s
    ON s.section_id = c.section_id AND (s.action IN ('archive', 'conclude')) = (c.action = 'archive')
  LEFT JOIN (FROM plan.users WHERE action NOT IN ('update', 'relink')) AS u
    ON u.user_id = c.user_id AND (u.action = 'archive') = (c.action = 'archive')
  WHERE c.held_by IS NULL AND (s.held_by IS NOT NULL OR u.held_by IS NOT NULL)
    AND NOT (c.action = 'archive' AND (s.action IS NOT NULL AND s.held_by IS NULL OR u.action IS NOT NULL AND u.held_by IS NULL))
) AS f
WHERE f.section_id = e.section_id AND f.user_id = e.user_id AND f.role = e.role
