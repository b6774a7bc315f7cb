-- one row per shared section about which nothing says anything: neither the file nor a rule, and nothing was carried over so far
-- needs: identity.sections, identity.users, mapped.section_courses, roster.sections, roster.users, staging.memberships, staging.sections, staging.users
INSERT INTO mapped.uncovered BY NAME
WITH who AS (
  SELECT u.user_n, coalesce(i.user_id, r.user_id) AS user_id
  FROM staging.users AS u LEFT JOIN identity.users AS i USING (user_n) LEFT JOIN roster.users AS r ON r.clever_id = u.clever_id
),
teachers AS (
  SELECT m.section_n, min(user_id) AS teacher
  FROM staging.memberships AS m JOIN who USING (user_n)
  WHERE m.role = 'teacher' AND m.is_primary
  GROUP BY m.section_n
),
-- a number of which a district has several courses at once, such as N/A, tells none of them from another
placeholders AS (
  SELECT course_number FROM (
    SELECT 'now' AS seen, lower(course_number) AS course_number, clever_course FROM staging.sections
    UNION ALL
    SELECT concat(term_start), lower(course_number), clever_course FROM roster.sections
  )
  WHERE course_number IS NOT NULL
  GROUP BY seen, course_number HAVING count(DISTINCT lower(clever_course)) > 1
)
SELECT
  s.section_n, s.clever_id, i.section_id, s.site_id, lower(if(s.course_unlisted, c.clever_course, s.clever_course)) AS clever_course,
  nullif(lower(if(s.course_unlisted, c.course_number, s.course_number)), placeholders.course_number) AS course_number, lower(s.grade) AS grade, s.period,
  t.teacher, if(s.term_unlisted, c.term_start, s.term_start) AS term_start
FROM staging.sections AS s
JOIN identity.sections AS i USING (section_n)
LEFT JOIN roster.sections AS c ON c.section_id = i.section_id
LEFT JOIN teachers AS t USING (section_n)
LEFT JOIN (SELECT DISTINCT course_number FROM placeholders) AS placeholders
  ON placeholders.course_number = lower(if(s.course_unlisted, c.course_number, s.course_number))
ANTI JOIN mapped.section_courses AS m ON m.clever_id = s.clever_id
