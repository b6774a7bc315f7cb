-- one row per shared section and course that a person has decided about: what was decided last, and not undone; with the class that it was about, a decision has ended, and so has a line of the file
-- needs: identity.sections, input.decisions, input.section_courses, mapped.other_classes, mapped.renamed_lines, mapping.decisions
-- idle without: input.decisions, mapped.other_classes, mapping.decisions
INSERT INTO mapped.decisions BY NAME
WITH standing AS (
  SELECT section_id, course_id, decision, no FROM mapping.decisions WHERE undone_by IS NULL
),
lines AS (
  SELECT o.section_id, f.course_id
  FROM mapped.other_classes AS o
  JOIN input.section_courses AS f ON f.section_id IN (lower(o.clever_id), o.section_id::VARCHAR)
  UNION
  SELECT section_id, course_id FROM mapped.renamed_lines JOIN mapped.other_classes USING (clever_id)
),
made AS (
  FROM standing
  UNION ALL
  SELECT section_id, course_id, 'ended', 9223372036854775806
  FROM (FROM lines UNION SELECT section_id, course_id FROM standing SEMI JOIN mapped.other_classes USING (section_id))
  UNION ALL
  SELECT section_id, course_id, decision, 9223372036854775807 FROM input.decisions
),
latest AS (
  SELECT section_id, course_id, arg_max(decision, no) AS decision FROM made GROUP BY ALL
)
SELECT i.clever_id, section_id, l.course_id, l.decision
FROM latest AS l JOIN identity.sections AS i USING (section_id)
