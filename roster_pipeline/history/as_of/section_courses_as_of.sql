-- one row per section and course that hung on it, as at the end of a day; what no longer hangs there is in the log alone
-- needs: roster.section_courses, sync.change_log, sync.syncs_after
CREATE OR REPLACE MACRO roster.section_courses_as_of(day) AS TABLE
WITH was AS (
  SELECT entity_id, arg_min(action, sync_no) AS first_action, {first_before section_courses}
  FROM sync.change_log JOIN sync.syncs_after(day) USING (sync_id)
  WHERE entity = 'section_courses' AND held_by IS NULL
  GROUP BY entity_id
),
stayed AS (
  SELECT concat_ws('/', section_id, course_id) AS entity_id, * FROM roster.section_courses
),
hanging AS (
  FROM stayed WHERE entity_id NOT IN (SELECT entity_id FROM was WHERE first_action = 'archive')
)
SELECT
  coalesce(c.section_id, split_part(w.entity_id, '/', 1)::UUID) AS section_id,
  coalesce(c.course_id, substr(w.entity_id, 38)) AS course_id, {as_it_was section_courses}
FROM hanging AS c FULL JOIN was AS w ON w.entity_id = c.entity_id
WHERE coalesce(w.first_action, '') <> 'create' AND (c.entity_id IS NOT NULL OR w.first_action = 'archive')
