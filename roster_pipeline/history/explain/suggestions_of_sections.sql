-- one row per section that is asked about and course that is suggested for it, the best first
-- needs: mapping.courses, mapping.suggestions
SELECT s.section_id::VARCHAR AS section_id, s.course_id, k.title, s.score, s.reason
FROM mapping.suggestions AS s LEFT JOIN mapping.courses AS k USING (course_id)
WHERE s.section_id IN (SELECT unnest($ids::UUID[]))
ORDER BY s.section_id, s.score DESC, s.course_id
