-- adds one row per role and site: memberships in force
-- needs: roster.user_sites, roster.users
INSERT INTO guards.population BY NAME
SELECT 'user_sites' AS entity, main_role(u.roles) AS role, m.site_id, count(*) AS in_force
FROM roster.user_sites AS m JOIN roster.users AS u USING (user_id)
WHERE m.status <> 'archived'
GROUP BY ALL
