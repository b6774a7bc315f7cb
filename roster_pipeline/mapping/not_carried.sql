-- one row per section to which nothing is carried over, though there are sections before it
-- needs: input.courses, mapped.carried, mapped.decisions, mapped.section_courses
INSERT INTO mapping.not_carried BY NAME
WITH refused AS (
  SELECT clever_id
  FROM (SELECT clever_id, unnest(courses) AS course_id FROM mapped.carried)
  SEMI JOIN (FROM mapped.decisions WHERE decision = 'remove') AS d USING (clever_id, course_id)
  SEMI JOIN (FROM input.courses WHERE active) AS c USING (course_id)
)
SELECT
  section_id, CASE WHEN courses IS NULL THEN 'disagree' WHEN clever_id IN (FROM refused) THEN 'refused' ELSE 'retired' END AS because, sections
FROM mapped.carried
WHERE (courses IS NULL OR len(courses) > 0) AND clever_id NOT IN (SELECT clever_id FROM mapped.section_courses)
