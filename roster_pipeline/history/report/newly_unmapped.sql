-- one row: how many sections, with how many seats, the sync that was applied last left without a course for the first time
-- needs: mapping.unmapped, sync.syncs
SELECT count(*) AS sections, coalesce(sum(students), 0)::BIGINT AS students
FROM mapping.unmapped
WHERE since = (SELECT arg_max(started_at, sync_no) FROM sync.syncs WHERE status IN ('succeeded', 'held') AND trigger IS DISTINCT FROM 'erase')
