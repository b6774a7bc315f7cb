-- one row per change of one record in one sync; a creation is read off the record, which is never deleted
-- needs: roster.enrollments, roster.sections, roster.sites, roster.user_sites, roster.users, sync.change_log
CREATE OR REPLACE VIEW sync.changes AS
SELECT * FROM sync.change_log
UNION ALL
SELECT since_sync_id, 'sites', site_id, site_id, 'create', NULL, NULL, NULL FROM roster.sites
UNION ALL
SELECT since_sync_id, 'users', user_id::VARCHAR, site_id, 'create', NULL, NULL, NULL FROM roster.users
UNION ALL
SELECT since_sync_id, 'user_sites', concat_ws('/', user_id, site_id), site_id, 'create', NULL, NULL, NULL
FROM roster.user_sites
UNION ALL
SELECT since_sync_id, 'sections', section_id::VARCHAR, site_id, 'create', NULL, NULL, NULL FROM roster.sections
UNION ALL
SELECT since_sync_id, 'enrollments', concat_ws('/', section_id, user_id, role), site_id, 'create', NULL, NULL, NULL
FROM roster.enrollments
