-- one row per person who comes to, leaves or changes at one of the chosen sites: all their changes go together
-- needs: plan.user_sites
INSERT INTO plan.people_of_sites BY NAME
SELECT DISTINCT user_id FROM plan.user_sites WHERE list_contains($sites, site_id)
