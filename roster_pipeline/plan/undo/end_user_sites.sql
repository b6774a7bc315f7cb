-- ends memberships whose person is not there after the undo
-- needs: desired.user_sites, desired.users
UPDATE desired.user_sites
SET status = 'archived'
WHERE status = 'active' AND user_id IN (SELECT user_id FROM desired.users WHERE enrollment_status = 'archived')
