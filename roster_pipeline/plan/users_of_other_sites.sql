-- forgets the changes of people who have nothing to do with the chosen sites, neither as members nor in a section, now or before
-- needs: plan.people_of_sites, plan.users
DELETE FROM plan.users WHERE user_id NOT IN (FROM plan.people_of_sites)
