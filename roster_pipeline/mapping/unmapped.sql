-- one row per active section without a course, those with most students first
-- needs: mapping.not_carried, mapping.suggestions, roster.sections, sync.syncs
CREATE OR REPLACE VIEW mapping.unmapped AS
WITH best AS (
  SELECT section_id, arg_min(course_id, (-score, course_id)) AS suggestion, max(score) AS score FROM mapping.suggestions GROUP BY section_id
)
SELECT
  s.section_id, s.site_id, s.name, s.clever_course, s.grade, s.period, s.student_count AS students, s.teacher_count AS teachers,
  s.unmapped_since AS since,
  greatest(0, date_diff('day', s.unmapped_since, (SELECT max(finished_at) FROM sync.syncs)))::INTEGER AS days,
  n.because AS not_carried, b.suggestion, b.score
FROM roster.sections AS s
LEFT JOIN mapping.not_carried AS n USING (section_id)
LEFT JOIN best AS b USING (section_id)
WHERE s.status = 'active' AND s.course_count = 0
ORDER BY s.student_count DESC, s.section_id
