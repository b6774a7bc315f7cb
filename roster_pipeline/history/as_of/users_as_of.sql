-- one row per person seen by then, as at the end of a day
-- needs: roster.users, sync.change_log, sync.syncs_after
CREATE OR REPLACE MACRO roster.users_as_of(day) AS TABLE
WITH later AS (FROM sync.syncs_after(day)),
was AS (
  SELECT entity_id, {first_before users}
  FROM sync.change_log JOIN later USING (sync_id)
  WHERE entity = 'users' AND held_by IS NULL
  GROUP BY entity_id
)
SELECT c.user_id, {as_it_was users}
FROM roster.users AS c LEFT JOIN was AS w ON w.entity_id = c.user_id::VARCHAR
WHERE c.since_sync_id NOT IN (SELECT sync_id FROM later)
