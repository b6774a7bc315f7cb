-- one row per uncovered section with sections before it: what they agree in; when they do not, what those with its teacher and period agree in
-- needs: mapped.predecessors, mapped.uncovered
INSERT INTO mapped.carried BY NAME
WITH said AS (
  SELECT
    clever_id, first(because) AS because, count(*) AS sections, count(DISTINCT courses) AS answers, first(courses) AS courses,
    count(DISTINCT courses) FILTER (same_place) AS answers_of_place, first(courses) FILTER (same_place) AS courses_of_place,
    arg_min(from_section_id, (NOT same_place, NOT same_teacher, from_section_id)) AS nearest
  FROM mapped.predecessors
  GROUP BY clever_id
)
SELECT
  s.clever_id, u.section_id, s.because, s.sections,
  CASE WHEN answers = 1 THEN s.courses WHEN answers_of_place = 1 THEN courses_of_place END AS courses,
  if(answers = 1 OR answers_of_place = 1, nearest, NULL) AS from_section_id
FROM said AS s
JOIN mapped.uncovered AS u USING (clever_id)
WHERE answers > 1 OR len(s.courses) > 0
