-- notes of a sync of the mapping for how many people it changed what they see
-- needs: plan.section_courses, roster.course_access, roster.enrollments, roster.section_courses, roster.sections, sync.syncs
UPDATE sync.syncs SET people = (
  WITH changed AS (
    SELECT section_id, course_id, action FROM plan.section_courses WHERE held_by IS NULL AND action IN ('create', 'archive')
  ),
  in_class AS (
    SELECT e.user_id, e.section_id
    FROM roster.enrollments AS e JOIN roster.sections AS s ON s.section_id = e.section_id AND s.status = 'active'
    WHERE e.status = 'active'
  ),
  concerned AS (
    SELECT DISTINCT user_id, course_id FROM changed JOIN in_class USING (section_id)
  ),
  saw AS (
    SELECT user_id, course_id
    FROM in_class JOIN (
      SELECT section_id, course_id FROM roster.section_courses
      ANTI JOIN (FROM changed WHERE action = 'create') AS c USING (section_id, course_id)
      UNION ALL
      SELECT section_id, course_id FROM changed WHERE action = 'archive'
    ) AS before USING (section_id)
  )
  SELECT count(DISTINCT user_id) FROM concerned
  WHERE ((user_id, course_id) IN (SELECT (user_id, course_id) FROM saw))
    <> ((user_id, course_id) IN (SELECT (user_id, course_id) FROM roster.course_access))
)
WHERE sync_id = $sync_id
