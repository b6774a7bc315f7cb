-- one row per rule: how many sections it takes, of how many it decides, where, and whether these have its courses
-- needs: input.rules, mapped.rule_matches, mapped.ruled_sections, roster.section_courses
WITH rules AS (
  SELECT rule_id, list(course_id ORDER BY course_id) AS courses, first(priority) AS priority, first(active) AS active
  FROM input.rules GROUP BY rule_id
),
hung AS (
  SELECT section_id::VARCHAR AS clever_id, list(course_id ORDER BY course_id) AS had FROM roster.section_courses GROUP BY ALL
),
ruled AS (
  SELECT clever_id, list(DISTINCT course_id ORDER BY course_id) AS would_have FROM mapped.rule_matches WHERE counts GROUP BY ALL
),
taken AS (
  SELECT DISTINCT m.rule_id, m.clever_id, m.counts, s.site_id, h.had, r.would_have
  FROM mapped.rule_matches AS m
  JOIN mapped.ruled_sections AS s USING (clever_id)
  JOIN ruled AS r USING (clever_id)
  LEFT JOIN hung AS h USING (clever_id)
),
at_sites AS (
  SELECT rule_id, list({'site_id': site_id, 'sections': sections} ORDER BY site_id) AS sites
  FROM (SELECT rule_id, site_id, count(*) AS sections FROM taken GROUP BY ALL) GROUP BY rule_id
)
SELECT
  rule_id, courses, priority, active, count(clever_id) AS takes, count(*) FILTER (counts) AS decides,
  count(*) FILTER (counts AND had = would_have) AS same, count(*) FILTER (counts AND had <> would_have) AS others,
  count(*) FILTER (counts AND had IS NULL) AS none, coalesce(sites, []) AS sites
FROM rules LEFT JOIN taken USING (rule_id) LEFT JOIN at_sites USING (rule_id)
GROUP BY rule_id, courses, priority, active, sites
ORDER BY priority, rule_id
