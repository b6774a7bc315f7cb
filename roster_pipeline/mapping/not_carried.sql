-- one row per section to which nothing is carried over, though there are sections before it
-- needs: mapped.carried, mapped.section_courses
INSERT INTO mapping.not_carried BY NAME
SELECT section_id, if(courses IS NULL, 'disagree', 'retired') AS because, sections
FROM mapped.carried
WHERE (courses IS NULL OR len(courses) > 0) AND clever_id NOT IN (SELECT clever_id FROM mapped.section_courses)
