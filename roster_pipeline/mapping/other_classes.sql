-- one row per shared section that is another class than the one which the roster has under its id: of a later term, and of another course or grade
-- needs: identity.sections, roster.sections, staging.sections
INSERT INTO mapped.other_classes BY NAME
SELECT s.clever_id, i.section_id
FROM staging.sections AS s
JOIN identity.sections AS i USING (section_n)
JOIN roster.sections AS r ON r.section_id = i.section_id
WHERE coalesce(
  s.term_start > r.term_end,
  -- without a term, another name alone may be the same course
  r.status <> 'active' AND coalesce(
    lower(s.course_number) <> lower(r.course_number),
    lower(s.clever_course) <> lower(r.clever_course) AND lower(s.grade) IS DISTINCT FROM lower(r.grade), false
  )
) AND NOT (
  coalesce(lower(s.course_number) = lower(r.course_number), lower(s.clever_course) = lower(r.clever_course), true)
  AND lower(s.grade) IS NOT DISTINCT FROM lower(r.grade)
)
