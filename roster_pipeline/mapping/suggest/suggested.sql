-- one row per unmapped section and course that might fit it, $most at most; none that a person took off it, and none for which one other section alone speaks
-- needs: mapping.courses, mapping.decisions, temp.fits, temp.mapped_alike, temp.named_sections, temp.taught_beside
INSERT INTO temp.suggested BY NAME
WITH offered AS (
  SELECT * FROM (SELECT DISTINCT alike, kind FROM temp.named_sections WHERE unmapped) JOIN temp.fits USING (kind)
),
mapped AS (
  SELECT alike, any_value(all_sections) AS all_sections FROM temp.mapped_alike GROUP BY alike
),
refused AS (
  SELECT section_id, course_id FROM mapping.decisions WHERE undone_by IS NULL
  GROUP BY section_id, course_id HAVING arg_max(decision, no) = 'remove'
),
-- By the rule of succession: of n alike, the next one is so with n + 1 in n + 2, and another with 1 in n + 1.
likely AS (
  SELECT
    alike, course_id, reason, sections,
    coalesce(likeness, 0) / if(sections IS NULL, coalesce(m.all_sections, 0) + 1, 1) AS by_name,
    coalesce((sections + 1) / (a.all_sections + 2), 0) AS by_others
  FROM offered
  FULL JOIN temp.mapped_alike AS a USING (alike, course_id)
  LEFT JOIN mapped AS m USING (alike)
  WHERE course_id IN (SELECT course_id FROM mapping.courses WHERE active)
),
scored AS (
  SELECT
    n.section_id, l.course_id,
    round(least(1 - (1 - l.by_name) * (1 - l.by_others) * if(b.sections IS NULL, 1, 0.9), 0.99), 3) AS score,
    concat_ws('; ',
      l.reason,
      format('{} other section{} of this kind {} mapped to it',
        l.sections, if(l.sections = 1, '', 's'), if(l.sections = 1, 'is', 'are')),
      if(b.sections IS NULL, NULL, 'its teacher teaches it in another section')) AS reason
  FROM temp.named_sections AS n
  JOIN likely AS l USING (alike)
  LEFT JOIN temp.taught_beside AS b ON b.section_id = n.section_id AND b.course_id = l.course_id
  WHERE n.unmapped AND (l.reason IS NOT NULL OR l.sections > 1)
)
FROM scored ANTI JOIN refused USING (section_id, course_id)
WHERE score >= $least
QUALIFY row_number() OVER (PARTITION BY section_id ORDER BY score DESC, course_id) <= $most
