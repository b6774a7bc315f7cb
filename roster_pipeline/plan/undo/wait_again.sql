-- adds one row per site that waits again since this undo, with what Clever last shared of it; what else is to be seen of it is not known
-- needs: roster.sites, staging.sections, staging.sites, staging.user_sites, staging.users, sync.waiting_sites
INSERT INTO sync.waiting_sites BY NAME
WITH people AS (
  SELECT
    m.site_id, count(*) FILTER (list_contains(u.roles, 'teacher')) AS teachers,
    count(*) FILTER (list_contains(u.roles, 'student')) AS students
  FROM staging.user_sites AS m JOIN staging.users AS u USING (user_n)
  GROUP BY m.site_id
),
classes AS (
  SELECT site_id, count(*) AS sections FROM staging.sections WHERE term_end IS NULL OR term_end >= $today GROUP BY site_id
)
SELECT
  s.site_id, s.name, coalesce(c.sections, 0) AS sections, coalesce(p.teachers, 0) AS teachers, coalesce(p.students, 0) AS students,
  false AS moved, $sync_id AS sync_id
FROM staging.sites AS s
SEMI JOIN (FROM roster.sites WHERE status = 'new' AND enrollment_source = 'clever') AS n USING (site_id)
ANTI JOIN sync.waiting_sites AS w USING (site_id)
LEFT JOIN people AS p USING (site_id) LEFT JOIN classes AS c USING (site_id)
