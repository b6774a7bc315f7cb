-- one row per shared section and course that a person has decided about: what was decided last, and not undone
-- needs: identity.sections, input.decisions, mapping.decisions
-- idle without: input.decisions, mapping.decisions
INSERT INTO mapped.decisions BY NAME
WITH made AS (
  SELECT section_id, course_id, decision, no FROM mapping.decisions WHERE undone_by IS NULL
  UNION ALL
  SELECT section_id, course_id, decision, 9223372036854775807 FROM input.decisions
),
latest AS (
  SELECT section_id, course_id, arg_max(decision, no) AS decision FROM made GROUP BY ALL
)
SELECT i.clever_id, section_id, l.course_id, l.decision
FROM latest AS l JOIN identity.sections AS i USING (section_id)
