-- leaves alone what somebody has decided since about a section and a course, though that may have changed no record
-- needs: desired.undone, mapping.decisions, sync.syncs
DELETE FROM desired.undone
WHERE entity = 'section_courses' AND entity_id IN (
  SELECT concat_ws('/', d.section_id, d.course_id)
  FROM mapping.decisions AS d JOIN sync.syncs AS s USING (sync_id)
  WHERE d.undone_by IS NULL AND s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $sync_id)
)
