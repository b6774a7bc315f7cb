-- one row per rule: how many sections it takes, of how many it decides, where, whether these have its courses, where something stronger speaks, and how many people would see others
-- needs: input.rules, mapped.rule_matches, mapped.ruled_sections, mapping.decisions, roster.course_access, roster.enrollments, roster.section_courses, roster.sections
WITH rules AS (
  SELECT rule_id, list(course_id ORDER BY course_id) AS courses, first(priority) AS priority, first(active) AS active
  FROM input.rules GROUP BY rule_id
),
-- what is said of sections that ended is not said of those of the next year
decided AS (
  SELECT section_id::VARCHAR AS clever_id, course_id, arg_max(decision, no) AS decision
  FROM mapping.decisions WHERE undone_by IS NULL AND NOT $ended
  GROUP BY ALL HAVING arg_max(decision, no) <> 'ended'
),
filed AS (
  SELECT section_id::VARCHAR AS clever_id FROM roster.section_courses WHERE mapped_by = 'file' AND NOT $ended
),
free AS (
  SELECT rule_id, clever_id, course_id
  FROM mapped.rule_matches ANTI JOIN decided USING (clever_id, course_id) ANTI JOIN filed USING (clever_id)
  WHERE counts
),
hung AS (
  SELECT section_id::VARCHAR AS clever_id, list(course_id ORDER BY course_id) AS had FROM roster.section_courses GROUP BY ALL
),
ruled AS (
  SELECT clever_id, list(DISTINCT course_id ORDER BY course_id) AS would_have
  FROM (
    SELECT clever_id, course_id FROM free
    UNION ALL
    SELECT clever_id, course_id FROM decided SEMI JOIN free USING (clever_id) WHERE decision = 'add'
  )
  GROUP BY ALL
),
taken AS (
  SELECT DISTINCT m.rule_id, m.clever_id, m.counts, f.clever_id IS NOT NULL AS decides, s.site_id, h.had, r.would_have
  FROM mapped.rule_matches AS m
  JOIN mapped.ruled_sections AS s USING (clever_id)
  LEFT JOIN free AS f ON f.rule_id = m.rule_id AND f.clever_id = m.clever_id
  LEFT JOIN ruled AS r ON r.clever_id = m.clever_id
  LEFT JOIN hung AS h ON h.clever_id = m.clever_id
),
at_sites AS (
  SELECT rule_id, list({'site_id': site_id, 'sections': sections} ORDER BY site_id) AS sites
  FROM (SELECT rule_id, site_id, count(*) AS sections FROM taken GROUP BY ALL) GROUP BY rule_id
),
moved AS (
  SELECT rule_id, clever_id, would_have FROM taken WHERE decides AND had IS DISTINCT FROM would_have
),
hangs AS (
  SELECT clever_id, unnest(would_have) AS course_id FROM (SELECT DISTINCT clever_id, would_have FROM moved)
  UNION ALL
  SELECT section_id::VARCHAR, course_id FROM roster.section_courses WHERE section_id::VARCHAR NOT IN (SELECT clever_id FROM moved)
),
in_class AS (
  SELECT e.user_id, e.section_id::VARCHAR AS clever_id
  FROM roster.enrollments AS e JOIN roster.sections AS s ON s.section_id = e.section_id AND s.status = 'active'
  WHERE e.status = 'active'
),
concerned AS (
  SELECT DISTINCT rule_id, user_id FROM moved JOIN in_class USING (clever_id)
),
will_see AS (
  SELECT DISTINCT user_id, course_id FROM in_class SEMI JOIN concerned USING (user_id) JOIN hangs USING (clever_id)
),
sees AS (
  SELECT DISTINCT user_id, course_id FROM roster.course_access SEMI JOIN concerned USING (user_id)
),
see_others AS (
  SELECT user_id FROM will_see ANTI JOIN sees USING (user_id, course_id)
  UNION
  SELECT user_id FROM sees ANTI JOIN will_see USING (user_id, course_id)
),
seen AS (
  SELECT rule_id, count(*) AS people FROM concerned SEMI JOIN see_others USING (user_id) GROUP BY rule_id
)
SELECT
  rule_id, courses, priority, active, count(clever_id) AS takes, count(*) FILTER (decides) AS decides,
  count(*) FILTER (decides AND had = would_have) AS same, count(*) FILTER (decides AND had <> would_have) AS others,
  count(*) FILTER (decides AND had IS NULL) AS none, count(*) FILTER (counts AND NOT decides) AS overruled,
  coalesce(people, 0) AS people, coalesce(sites, []) AS sites
FROM rules LEFT JOIN taken USING (rule_id) LEFT JOIN at_sites USING (rule_id) LEFT JOIN seen USING (rule_id)
GROUP BY rule_id, courses, priority, active, people, sites
ORDER BY priority, rule_id
