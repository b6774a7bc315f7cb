-- a line of data/section_courses.csv that may name a section by an id which Clever no longer uses for it; none when all are as Clever has them
-- needs: input.section_courses, roster.sections, staging.sections
SELECT f.line
FROM input.section_courses AS f
LEFT JOIN staging.sections AS s ON lower(s.clever_id) = f.section_id
LEFT JOIN roster.sections AS r ON r.section_id = platform_id('section', f.section_id) AND lower(r.clever_id) <> f.section_id
WHERE s.clever_id IS NULL OR r.section_id IS NOT NULL
LIMIT 1
