-- one row per kind of section and course that sections of this kind are mapped to
-- needs: roster.section_courses, temp.named_sections
INSERT INTO temp.mapped_alike BY NAME
WITH mapped AS (
  SELECT kind, count(*) AS all_sections FROM temp.named_sections WHERE NOT unmapped GROUP BY kind
)
SELECT kind, c.course_id, count(*) AS sections, m.all_sections
FROM mapped AS m
JOIN temp.named_sections AS n USING (kind)
JOIN roster.section_courses AS c USING (section_id)
GROUP BY kind, c.course_id, m.all_sections
