-- the last sync that failed, or was refused at night, and that no later one has made good; none when all is well
-- needs: sync.syncs
WITH judged AS (
  SELECT *, trigger NOT IN ('mapping', 'undo', 'end', 'erase', 'override') AS asks_clever, coalesce(sites, []) AS asked_for FROM sync.syncs
)
SELECT f.sync_id, f.trigger, f.status, f.error
FROM judged AS f
WHERE (f.status = 'failed' OR (f.status = 'refused' AND f.trigger = 'nightly'))
  AND NOT EXISTS (
    FROM judged AS a
    WHERE a.sync_no > f.sync_no AND a.status IN ('succeeded', 'held')
      AND (
        NOT f.asks_clever
        OR (a.asks_clever AND (len(a.asked_for) = 0 OR (len(f.asked_for) > 0 AND list_has_all(a.asked_for, f.asked_for))))
      )
  )
ORDER BY f.sync_no DESC
LIMIT 1
