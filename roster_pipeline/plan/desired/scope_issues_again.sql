-- one row per section with people who belong to no synced site, as the last sync noted it
-- needs: sync.issues, sync.settled
INSERT INTO desired.scope_issues BY NAME
SELECT * EXCLUDE (sync_id) FROM sync.issues
WHERE code = 'members_not_on_clever' AND sync_id = (SELECT sync_id FROM sync.settled)
