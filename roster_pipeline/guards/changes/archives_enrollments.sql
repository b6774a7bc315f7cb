-- one row per enrollment that would end although person, section and the person's membership of the site stay
-- needs: plan.enrollments, plan.sections, plan.user_sites, plan.users
INSERT INTO guards.judged BY NAME
SELECT e.rowid AS record, e.site_id, e.role
FROM plan.enrollments AS e
ANTI JOIN (FROM plan.user_sites WHERE action = 'archive') AS left_site
  ON left_site.user_id = e.user_id AND left_site.site_id = e.site_id
WHERE e.action = 'archive' AND e.held_by IS NULL
  AND e.user_id NOT IN (SELECT user_id FROM plan.users WHERE action = 'archive')
  AND e.section_id NOT IN (SELECT section_id FROM plan.sections WHERE action IN ('archive', 'conclude'))
