-- one row per kind and number of unmapped sections, and course that others are mapped to: of the same kind, or of the same number and grade
-- needs: roster.section_courses, temp.named_sections
INSERT INTO temp.mapped_alike BY NAME
WITH asked AS (
  SELECT DISTINCT alike, kind, numbered FROM temp.named_sections WHERE unmapped
),
-- how many have each course and, where there is none, how many have any
mapped AS (
  SELECT alike, kind, numbered, c.course_id, count(DISTINCT section_id) AS sections
  FROM temp.named_sections JOIN roster.section_courses AS c USING (section_id)
  WHERE NOT unmapped
  GROUP BY GROUPING SETS ((alike, kind, numbered, c.course_id), (alike, kind, numbered))
),
of_kind AS (
  SELECT kind, course_id, sum(sections) AS sections FROM mapped GROUP BY kind, course_id
),
of_number AS (
  SELECT numbered, course_id, sum(sections) AS sections FROM mapped GROUP BY numbered, course_id
),
counted AS (
  SELECT alike, course_id, sections FROM asked JOIN of_kind USING (kind)
  UNION ALL
  SELECT alike, course_id, sections FROM asked JOIN of_number USING (numbered)
  UNION ALL -- those of the same kind and number were counted twice
  SELECT alike, course_id, -sections FROM mapped SEMI JOIN asked USING (alike) WHERE numbered IS NOT NULL
),
others AS (
  SELECT alike, course_id, sum(sections)::BIGINT AS sections FROM counted GROUP BY alike, course_id
)
SELECT o.alike, o.course_id, o.sections, n.sections AS all_sections
FROM others AS o JOIN others AS n ON n.alike = o.alike AND n.course_id IS NULL
WHERE o.course_id IS NOT NULL
