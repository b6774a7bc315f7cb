-- one row per section, person and role, both ends known, in Clever's ids
-- needs: staging.memberships, staging.sections, staging.users
CREATE OR REPLACE VIEW staging.enrollments AS
SELECT s.clever_id AS section, u.clever_id AS member, m.role, m.is_primary
FROM staging.memberships AS m
JOIN staging.sections AS s USING (section_n)
JOIN staging.users AS u USING (user_n)
