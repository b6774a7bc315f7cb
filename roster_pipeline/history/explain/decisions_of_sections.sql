-- one row per section that is asked about and course that a person has decided about: what was decided last, and not undone
-- needs: mapping.courses, mapping.decisions
SELECT DISTINCT ON (d.section_id, d.course_id)
  d.section_id::VARCHAR AS section_id, d.course_id, k.title, coalesce(k.active, false) AS active, d.decision, d.by, d.why, d.at, d.sync_id, d.no
FROM mapping.decisions AS d LEFT JOIN mapping.courses AS k USING (course_id)
WHERE d.section_id IN (SELECT unnest($ids::UUID[])) AND d.undone_by IS NULL
ORDER BY d.section_id, d.course_id, d.no DESC
