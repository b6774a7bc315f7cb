-- of sections on the roster, the fields that somebody keeps
-- needs: desired.sections, plan.overrides
-- idle without: plan.overrides
UPDATE desired.sections AS s
SET name = coalesce(k.name, s.name), subject = coalesce(k.subject, s.subject), grade = coalesce(k.grade, s.grade)
FROM (
  SELECT
    section_id, max(value) FILTER (field = 'name') AS name, max(value) FILTER (field = 'subject') AS subject,
    max(value) FILTER (field = 'grade') AS grade
  FROM plan.overrides WHERE kind = 'keep' AND section_id IS NOT NULL AND counts
  GROUP BY section_id
) AS k
WHERE k.section_id = s.section_id AND s.status <> 'archived'
