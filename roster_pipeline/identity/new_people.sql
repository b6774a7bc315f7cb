-- one row per shared person whose id the roster does not know and who will be on it
-- needs: identity.own_user_ids, identity.sites, roster.users, staging.user_sites, staging.users
INSERT INTO identity.new_people BY NAME
SELECT
  i.user_id AS new_id, u.clever_id, u.sis_id, sis_role(u.roles) AS sis_role,
  list_contains(u.roles, 'student') AS is_student, lower(u.first_name || ' ' || u.last_name) AS name, lower(u.email) AS email
FROM (FROM identity.own_user_ids ANTI JOIN roster.users USING (user_id)) AS i
JOIN staging.users AS u ON u.clever_id = i.clever_id
WHERE list_contains(u.roles, 'district_admin') OR u.user_n IN (
  SELECT user_n FROM staging.user_sites SEMI JOIN identity.sites USING (site_id)
)
