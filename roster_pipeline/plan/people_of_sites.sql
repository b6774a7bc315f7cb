-- one row per person who is or was at a chosen site, as a member or in a section: all their changes go together
-- needs: desired.enrollments, desired.user_sites, roster.enrollments, roster.user_sites
INSERT INTO plan.people_of_sites BY NAME
SELECT user_id FROM desired.user_sites WHERE list_contains($sites, site_id)
UNION
SELECT user_id FROM desired.enrollments WHERE list_contains($sites, site_id)
UNION
SELECT user_id FROM roster.user_sites WHERE list_contains($sites, site_id) AND status = 'active'
UNION
SELECT user_id FROM roster.enrollments WHERE list_contains($sites, site_id) AND status = 'active'
