-- forgets the changes of people who have nothing to do with the chosen sites, neither as members, now or before, nor in a section
-- needs: desired.enrollments, desired.user_sites, plan.people_of_sites, plan.users
DELETE FROM plan.users
WHERE user_id NOT IN (
  SELECT user_id FROM desired.user_sites WHERE list_contains($sites, site_id)
  UNION
  SELECT user_id FROM desired.enrollments WHERE list_contains($sites, site_id)
  UNION
  SELECT user_id FROM plan.people_of_sites
)
