-- one row per section that somebody who is erased teaches or has taught, with what finds their family names, of today and before
-- needs: plan.erasing, roster.enrollments, roster.overrides, roster.sections, roster.users, staging.sections, sync.change_log
INSERT INTO plan.erasing_sections BY NAME
WITH called AS (
  SELECT user_id, last_name FROM roster.users SEMI JOIN plan.erasing USING (user_id)
  UNION
  SELECT e.user_id, unnest([l.before ->> '$.last_name', l.after ->> '$.last_name'])
  FROM plan.erasing AS e JOIN sync.change_log AS l ON l.entity = 'users' AND l.entity_id = e.user_id::VARCHAR
  UNION
  SELECT user_id, unnest([value, clever_value]) FROM roster.overrides SEMI JOIN plan.erasing USING (user_id) WHERE field = 'last_name'
),
taught AS (
  SELECT t.section_id, string_agg(DISTINCT regexp_escape(trim(c.last_name)), '|') AS names
  FROM roster.enrollments AS t JOIN called AS c USING (user_id)
  WHERE t.role = 'teacher' AND trim(c.last_name) <> ''
  GROUP BY t.section_id
)
SELECT
  section_id, s.clever_id IN (SELECT clever_id FROM staging.sections) AS shared,
  '(?i)(^|[^\pL])(' || t.names || ')([^\pL]|$)' AS pattern
FROM taught AS t JOIN roster.sections AS s USING (section_id)
