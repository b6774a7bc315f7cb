-- one row per section, person and role seen by then, as at the end of a day
-- needs: roster.enrollments, sync.change_log, sync.syncs_after
CREATE OR REPLACE MACRO roster.enrollments_as_of(day) AS TABLE
WITH later AS (FROM sync.syncs_after(day)),
was AS (
  SELECT entity_id, {first_before enrollments}
  FROM sync.change_log JOIN later USING (sync_id)
  WHERE entity = 'enrollments' AND held_by IS NULL
  GROUP BY entity_id
)
SELECT c.section_id, c.user_id, c.role, {as_it_was enrollments}
FROM roster.enrollments AS c LEFT JOIN was AS w ON w.entity_id = concat_ws('/', c.section_id, c.user_id, c.role)
WHERE c.since_sync_id NOT IN (SELECT sync_id FROM later)
