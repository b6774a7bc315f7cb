-- adds one row per role and site: memberships in force
INSERT INTO plan.population
SELECT 'user_sites', main_role(u.roles), m.site_id, count(*)
FROM roster.user_sites AS m JOIN roster.users AS u USING (user_id)
WHERE m.status <> 'archived'
GROUP BY ALL
