-- one row per uncovered section and section of the same site, course and grade that was before it: most of its students were there in the same term, or it is of the last term before
-- needs: identity.users, mapped.uncovered, roster.enrollments, roster.section_courses, roster.sections, roster.users, staging.memberships, staging.users
INSERT INTO mapped.predecessors BY NAME
WITH who AS (
  SELECT u.user_n, coalesce(i.user_id, r.user_id) AS user_id
  FROM staging.users AS u LEFT JOIN identity.users AS i USING (user_n) LEFT JOIN roster.users AS r ON r.clever_id = u.clever_id
),
alike AS (
  SELECT n.*, p.section_id AS from_section_id, p.status, p.term_start AS began, p.term_end AS ended, p.period AS period_before
  FROM mapped.uncovered AS n
  JOIN roster.sections AS p ON p.site_id = n.site_id AND p.section_id <> n.section_id
    AND lower(p.grade) IS NOT DISTINCT FROM n.grade
    AND coalesce(lower(p.course_number) = n.course_number, lower(p.clever_course) = n.clever_course)
  -- where none of them has a course there is nothing to carry: in a district that maps nothing, these are all
  QUALIFY bool_or(p.section_id IN (SELECT section_id FROM roster.section_courses)) OVER (PARTITION BY n.section_n)
),
in_term AS (
  SELECT * FROM alike WHERE began IS NOT DISTINCT FROM term_start
),
students AS (
  SELECT m.section_n, user_id
  FROM staging.memberships AS m SEMI JOIN in_term USING (section_n) JOIN who USING (user_n)
  WHERE m.role = 'student'
),
shared AS (
  SELECT DISTINCT a.section_n, a.from_section_id, s.user_id
  FROM in_term AS a
  JOIN students AS s USING (section_n)
  JOIN roster.enrollments AS e ON e.section_id = a.from_section_id AND e.user_id = s.user_id AND e.role = 'student'
),
split_off AS (
  SELECT section_n FROM (SELECT section_n, count(*) AS students FROM students GROUP BY section_n)
  JOIN (SELECT section_n, count(DISTINCT user_id) AS known FROM shared GROUP BY section_n) USING (section_n)
  WHERE 2 * known > students
),
earlier AS (
  SELECT * FROM alike
  WHERE status <> 'active' AND section_n NOT IN (FROM split_off)
    AND if(term_start IS NULL, ended IS NULL, ended < term_start AND ended >= term_start - INTERVAL 400 DAY)
  QUALIFY ended IS NOT DISTINCT FROM max(ended) OVER (PARTITION BY section_n)
),
found AS (
  SELECT a.*, 'same_students' AS because FROM in_term AS a
  SEMI JOIN shared USING (section_n, from_section_id) SEMI JOIN split_off USING (section_n)
  UNION ALL
  SELECT *, 'last_term' FROM earlier
),
taught AS (
  SELECT section_id, list(user_id) AS teachers FROM roster.enrollments
  SEMI JOIN (SELECT from_section_id AS section_id FROM found) AS f USING (section_id)
  WHERE role = 'teacher' AND is_primary GROUP BY section_id
),
hung AS (
  SELECT section_id, list(course_id ORDER BY course_id) AS courses FROM roster.section_courses GROUP BY section_id
)
SELECT
  f.clever_id, f.from_section_id, f.because, coalesce(list_contains(t.teachers, f.teacher), false) AS same_teacher,
  same_teacher AND f.period IS NOT DISTINCT FROM f.period_before AS same_place, coalesce(h.courses, []) AS courses
FROM found AS f
LEFT JOIN taught AS t ON t.section_id = f.from_section_id
LEFT JOIN hung AS h ON h.section_id = f.from_section_id
