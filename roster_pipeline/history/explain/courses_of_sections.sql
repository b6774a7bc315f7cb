-- one row per section that is asked about and course that hangs on it: mapped by what, carried over from where, and since which sync
-- needs: mapping.courses, roster.section_courses
SELECT
  m.section_id::VARCHAR AS section_id, m.course_id, k.title, m.mapped_by, m.rule_id, m.from_section_id::VARCHAR AS from_section_id,
  m.carried_because, m.since_sync_id
FROM roster.section_courses AS m LEFT JOIN mapping.courses AS k USING (course_id)
WHERE m.section_id IN (SELECT unnest($ids::UUID[]))
ORDER BY m.section_id, m.course_id
