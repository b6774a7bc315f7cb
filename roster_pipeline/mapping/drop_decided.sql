-- a person's decision about a section and a course is stronger than the file, the rules and what is carried over
-- needs: mapped.decisions, mapped.section_courses
-- idle without: mapped.decisions
DELETE FROM mapped.section_courses
WHERE (clever_id, course_id) IN (SELECT (clever_id, course_id) FROM mapped.decisions WHERE decision IN ('add', 'remove'))
