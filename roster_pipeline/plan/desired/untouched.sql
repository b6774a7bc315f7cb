-- one row per entity about which nothing has changed since the roster was last brought in line
-- needs: nothing
INSERT INTO plan.untouched BY NAME
SELECT unnest(['users', 'user_sites', 'enrollments']) AS entity
