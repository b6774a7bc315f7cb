-- one row per person who comes to, leaves or changes at one of the chosen sites: all their changes go together
CREATE OR REPLACE TABLE plan.people_of_sites AS
SELECT DISTINCT user_id FROM plan.user_sites WHERE list_contains($sites, site_id)
