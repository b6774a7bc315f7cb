-- one row per section seen by then, as at the end of a day
-- needs: roster.sections, sync.change_log, sync.syncs_after
CREATE OR REPLACE MACRO roster.sections_as_of(day) AS TABLE
WITH later AS (FROM sync.syncs_after(day)),
was AS (
  SELECT entity_id, {first_before sections}
  FROM sync.change_log JOIN later USING (sync_id)
  WHERE entity = 'sections' AND held_by IS NULL
  GROUP BY entity_id
)
SELECT c.section_id, {as_it_was sections}
FROM roster.sections AS c LEFT JOIN was AS w ON w.entity_id = c.section_id::VARCHAR
WHERE c.since_sync_id NOT IN (SELECT sync_id FROM later)
