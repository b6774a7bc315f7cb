-- adds one row per membership of a section that is protected or added, where Clever lists none; the primary teacher is whom Clever names
-- needs: desired.enrollments, desired.sections, desired.users, plan.overrides, roster.enrollments
-- idle without: plan.overrides
INSERT INTO desired.enrollments BY NAME
SELECT DISTINCT
  o.section_id, o.user_id, o.role, s.site_id,
  coalesce(e.is_primary, false) AND o.section_id NOT IN (SELECT section_id FROM desired.enrollments WHERE is_primary) AS is_primary,
  'active' AS status
FROM plan.overrides AS o
JOIN desired.sections AS s ON s.section_id = o.section_id AND s.status = 'active'
SEMI JOIN (FROM desired.users WHERE enrollment_status <> 'archived') AS u ON u.user_id = o.user_id
ANTI JOIN desired.enrollments AS d ON d.section_id = o.section_id AND d.user_id = o.user_id AND d.role = o.role
LEFT JOIN roster.enrollments AS e ON e.section_id = o.section_id AND e.user_id = o.user_id AND e.role = o.role
WHERE o.kind IN ('protect', 'add') AND o.counts
