-- one row: the last sync that asked Clever, with its error if it failed, and how many people and sections the roster has
-- needs: roster.sections, roster.users, sync.syncs
SELECT
  arg_max(sync_id, sync_no) AS sync_id, arg_max(started_at, sync_no) AS at, arg_max(status, sync_no) AS status,
  (SELECT count(*) FROM roster.users) AS people, (SELECT count(*) FROM roster.sections) AS sections
FROM sync.syncs WHERE "trigger" NOT IN ('mapping', 'undo', 'end', 'erase', 'override')
