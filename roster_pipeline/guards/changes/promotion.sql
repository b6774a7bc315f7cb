-- one row per student whose grade goes one up, and per student of their site's top grade who leaves; none where most stay as they are
-- needs: guards.grades, guards.limits, plan.users, roster.users
INSERT INTO guards.judged BY NAME
WITH students AS (
  SELECT u.site_id, g.rank
  FROM roster.users AS u JOIN guards.grades AS g ON g.grade = u.grade
  WHERE u.enrollment_status <> 'archived'
),
known AS (
  SELECT site_id, count(*) AS students, max(rank) AS top FROM students GROUP BY site_id
),
leaving AS (
  SELECT p.rowid AS record, p.site_id
  FROM plan.users AS p
  JOIN guards.grades AS g ON g.grade = p.grade
  JOIN known AS k ON k.site_id = p.site_id AND k.top = g.rank
  WHERE p.action = 'archive' AND p.held_by IS NULL
),
one_up AS (
  SELECT p.rowid AS record, coalesce(p.before ->> '$.site_id', p.site_id) AS from_site
  FROM plan.users AS p
  JOIN guards.grades AS old ON old.grade = p.before ->> '$.grade'
  JOIN guards.grades AS new ON new.grade = p.grade AND new.rank = old.rank + 1
  WHERE p.action IN ('update', 'relink') AND p.held_by IS NULL
),
recognized AS (
  SELECT k.site_id
  FROM known AS k
  JOIN (SELECT from_site AS site_id, count(*) AS n FROM one_up GROUP BY from_site) AS up ON up.site_id = k.site_id
  LEFT JOIN (SELECT site_id, count(*) AS n FROM leaving GROUP BY site_id) AS left_top ON left_top.site_id = k.site_id
  JOIN guards.limits AS l ON l.site_id = k.site_id
  WHERE k.students >= l.limits['minimum_population']
    AND 100 * up.n > l.limits['promotion_percent'] * (k.students - coalesce(left_top.n, 0))
)
SELECT record, from_site AS site_id, 'student' AS role FROM one_up WHERE from_site IN (FROM recognized)
UNION ALL
SELECT record, site_id, 'student' FROM leaving WHERE site_id IN (FROM recognized)
