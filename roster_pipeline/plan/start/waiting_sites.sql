-- one row per shared site that nobody has confirmed: what Clever shares of it, and what of that would be seen
-- needs: identity.users, input.logins, input.site_settings, mapped.section_courses, roster.sites, staging.issues, staging.sections, staging.sites, staging.user_sites, staging.users
INSERT INTO plan.waiting_sites BY NAME
WITH waiting AS (
  SELECT s.site_id, s.name
  FROM staging.sites AS s
  ANTI JOIN (FROM roster.sites WHERE confirmed_at IS NOT NULL) AS c USING (site_id)
  ANTI JOIN (FROM input.site_settings WHERE enrollment_source <> 'clever') AS m ON m.site_id = lower(s.site_id)
),
logged_in AS (
  SELECT user_n FROM staging.users JOIN input.logins AS l ON l.user_id = lower(clever_id)
  UNION
  SELECT user_n FROM identity.users JOIN input.logins AS l ON l.platform_id = identity.users.user_id
),
people AS (
  SELECT
    m.site_id, count(*) FILTER (list_contains(u.roles, 'teacher')) AS teachers,
    count(*) FILTER (list_contains(u.roles, 'student')) AS students,
    count(*) FILTER (list_contains(u.roles, 'student') AND u.user_n NOT IN (FROM logged_in)) AS pending
  FROM staging.user_sites AS m SEMI JOIN waiting USING (site_id) JOIN staging.users AS u USING (user_n)
  GROUP BY m.site_id
),
hung AS (
  SELECT clever_id, list_sort(list_distinct(list(coalesce('rule ' || rule_id, mapped_by)))) AS sources FROM mapped.section_courses
  GROUP BY clever_id
),
classes AS (
  SELECT s.site_id, s.clever_id, hung.sources
  FROM staging.sections AS s SEMI JOIN waiting USING (site_id) LEFT JOIN hung USING (clever_id)
  WHERE s.term_end IS NULL OR s.term_end >= $today
),
sections AS (
  SELECT site_id, count(*) AS sections, count(*) FILTER (sources IS NULL) AS unmapped FROM classes GROUP BY site_id
),
visible AS (
  SELECT site_id, string_agg(format('{}: {}', source, n), ', ' ORDER BY n DESC, source) AS visible_by
  FROM (SELECT site_id, source, count(*) AS n FROM (SELECT site_id, unnest(sources) AS source FROM classes) GROUP BY ALL)
  GROUP BY site_id
),
quarantined AS (
  SELECT site_id, count(DISTINCT (entity, record_id)) AS quarantined FROM staging.issues WHERE severity = 'error' GROUP BY site_id
)
SELECT
  w.site_id, w.name, coalesce(c.sections, 0) AS sections, coalesce(p.teachers, 0) AS teachers, coalesce(p.students, 0) AS students,
  coalesce(p.pending, 0) AS pending, coalesce(c.unmapped, 0) AS unmapped, v.visible_by, coalesce(q.quarantined, 0) AS quarantined
FROM waiting AS w
LEFT JOIN people AS p USING (site_id) LEFT JOIN sections AS c USING (site_id) LEFT JOIN visible AS v USING (site_id)
LEFT JOIN quarantined AS q USING (site_id)
