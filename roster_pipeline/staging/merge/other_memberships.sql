-- adds who is in the sections of the other sites; user_n is NULL for somebody who is gone
-- needs: earlier.memberships, earlier.users, staging.sections, staging.users
INSERT INTO staging.memberships BY NAME
SELECT m.* REPLACE (u.user_n AS user_n)
FROM earlier.memberships AS m
SEMI JOIN staging.sections AS s USING (section_n)
LEFT JOIN (SELECT user_n, clever_id FROM earlier.users) AS e ON e.user_n = m.user_n
LEFT JOIN (SELECT user_n, clever_id FROM staging.users) AS u ON u.clever_id = e.clever_id
