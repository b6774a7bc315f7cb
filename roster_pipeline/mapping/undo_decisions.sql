-- with a sync, the decisions go that it put into effect, or those of removals alone; and later ones about what the undo has changed all the same
-- needs: mapping.decisions, plan.section_courses, sync.syncs
UPDATE mapping.decisions SET undone_by = $sync_id
WHERE undone_by IS NULL AND (
  (sync_id = $undoes AND NOT (decision = 'add' AND coalesce(getvariable('only_removals'), false)))
  OR (
    (section_id, course_id) IN (SELECT (section_id, course_id) FROM plan.section_courses)
    AND sync_id IN (SELECT sync_id FROM sync.syncs WHERE sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $undoes))
  )
)
