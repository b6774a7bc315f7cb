-- one row per sync that was applied after a day; an error when the changes of one of them were forgotten, as nobody knows that day any more
-- needs: sync.syncs
CREATE OR REPLACE MACRO sync.syncs_after(day) AS TABLE
SELECT sync_id, sync_no
FROM sync.syncs
WHERE status IN ('succeeded', 'held') AND CASE
  WHEN sync_no <= (SELECT max(sync_no) FROM sync.syncs WHERE finished_at < day::DATE + INTERVAL 1 DAY) THEN false
  WHEN pruned_at IS NOT NULL THEN error('The changes since that day were forgotten (ROSTER_HISTORY_DAYS). Ask for a later day.')
  ELSE true
END
