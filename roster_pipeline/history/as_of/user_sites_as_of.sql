-- one row per person and site seen by then, as at the end of a day
-- needs: roster.user_sites, sync.change_log, sync.syncs_after
CREATE OR REPLACE MACRO roster.user_sites_as_of(day) AS TABLE
WITH later AS (FROM sync.syncs_after(day)),
was AS (
  SELECT entity_id, {first_before user_sites}
  FROM sync.change_log JOIN later USING (sync_id)
  WHERE entity = 'user_sites' AND held_by IS NULL
  GROUP BY entity_id
)
SELECT c.user_id, c.site_id, {as_it_was user_sites}
FROM roster.user_sites AS c LEFT JOIN was AS w ON w.entity_id = concat_ws('/', c.user_id, c.site_id)
WHERE c.since_sync_id NOT IN (SELECT sync_id FROM later)
