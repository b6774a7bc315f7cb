-- one row per shared section and course that a person has decided about: what was decided last, and not undone; with the class that it was about, a decision has ended, and so has a line of the file, until it is taken out
-- needs: identity.sections, input.decisions, input.section_courses, mapped.other_classes, mapped.renamed_lines, mapping.decisions
-- idle without: input.decisions, mapped.other_classes, mapping.decisions
INSERT INTO mapped.decisions BY NAME
WITH standing AS (
  SELECT section_id, course_id, decision, no FROM mapping.decisions WHERE undone_by IS NULL
),
reused AS (
  SELECT clever_id, section_id FROM identity.sections
  WHERE section_id IN (SELECT section_id FROM mapped.other_classes UNION SELECT section_id FROM standing WHERE decision = 'ended')
),
lines AS (
  SELECT s.section_id, f.course_id FROM reused AS s JOIN input.section_courses AS f ON f.section_id = lower(s.clever_id)
  UNION
  SELECT s.section_id, f.course_id FROM reused AS s JOIN input.section_courses AS f ON f.section_id = s.section_id::VARCHAR
  UNION
  SELECT s.section_id, f.course_id FROM reused AS s JOIN mapped.renamed_lines AS f USING (clever_id)
),
made AS (
  FROM standing
  UNION ALL
  SELECT section_id, course_id, 'ended', 9223372036854775806
  FROM (FROM lines UNION SELECT section_id, course_id FROM standing) SEMI JOIN mapped.other_classes USING (section_id)
  UNION ALL
  SELECT section_id, course_id, decision, 9223372036854775807 FROM input.decisions
),
latest AS (
  SELECT section_id, course_id, arg_max(decision, no) AS decision FROM made GROUP BY ALL
)
SELECT
  i.clever_id, section_id, l.course_id,
  if(l.decision = 'ended' AND (section_id, l.course_id) NOT IN (SELECT (section_id, course_id) FROM lines), 'over', l.decision) AS decision
FROM latest AS l JOIN identity.sections AS i USING (section_id)
