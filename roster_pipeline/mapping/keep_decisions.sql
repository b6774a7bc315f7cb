-- adds one row per decision of this sync, numbered on, per decision or line that has ended, as far as the section is the other class from now on, and per line that had ended and stands no more
-- needs: input.decisions, mapped.decisions, mapped.other_classes, mapping.decisions, plan.sections
-- idle without: input.decisions, mapped.decisions
INSERT INTO mapping.decisions BY NAME
WITH standing AS (
  SELECT section_id, course_id, arg_max(decision, no) AS stood FROM mapping.decisions WHERE undone_by IS NULL GROUP BY ALL
),
made AS (
  FROM input.decisions
  UNION ALL BY NAME
  SELECT section_id, course_id, decision, 'the id is used for another class' AS why, $now AS at
  FROM mapped.decisions SEMI JOIN mapped.other_classes USING (section_id)
  SEMI JOIN (FROM plan.sections WHERE held_by IS NULL) AS p USING (section_id)
  WHERE decision IN ('ended', 'over')
  UNION ALL BY NAME
  SELECT section_id, course_id, decision, 'its line was taken out of section_courses.csv' AS why, $now AS at
  FROM mapped.decisions ANTI JOIN mapped.other_classes USING (section_id) JOIN standing USING (section_id, course_id)
  WHERE decision = 'over' AND stood = 'ended'
)
SELECT
  (SELECT coalesce(max(no), 0) FROM mapping.decisions) + row_number() OVER (ORDER BY section_id, course_id) AS no,
  *, $sync_id AS sync_id
FROM made
