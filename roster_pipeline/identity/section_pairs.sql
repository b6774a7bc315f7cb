-- one row per section that is gone and new section of the same site, period and name or course, in terms that overlap
-- needs: identity.own_section_ids, identity.sites, roster.overrides, roster.sections, staging.sections
INSERT INTO identity.section_pairs BY NAME
WITH kept AS (
  SELECT section_id, clever_value AS name FROM roster.overrides
  WHERE kind = 'keep' AND field = 'name' AND undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)
),
-- beside a name that somebody keeps stands what Clever sent last
gone AS (
  SELECT
    section_id, clever_id, site_id, lower(if(k.section_id IS NULL, s.name, k.name)) AS name, lower(clever_course) AS clever_course,
    coalesce(lower(period), '') AS period, lower(term_name) AS term_name, term_start, term_end
  FROM ((FROM roster.sections WHERE status = 'active') ANTI JOIN identity.own_section_ids USING (section_id)) AS s
  LEFT JOIN kept AS k USING (section_id)
),
arrived AS (
  SELECT
    i.section_id, s.clever_id, s.site_id, lower(s.name) AS name, lower(s.clever_course) AS clever_course,
    coalesce(lower(s.period), '') AS period, lower(s.term_name) AS term_name, s.term_start, s.term_end
  FROM (FROM identity.own_section_ids ANTI JOIN roster.sections USING (section_id)) AS i
  JOIN staging.sections AS s ON s.clever_id = i.clever_id
  SEMI JOIN identity.sites AS synced ON synced.site_id = s.site_id
),
alike AS (
  SELECT g, a FROM gone AS g JOIN arrived AS a ON a.site_id = g.site_id AND a.period = g.period AND a.name = g.name
  UNION
  SELECT g, a FROM gone AS g JOIN arrived AS a
    ON a.site_id = g.site_id AND a.period = g.period AND a.clever_course = g.clever_course
)
SELECT
  g.section_id AS id, a.section_id AS new_id, g.clever_id AS old_clever_id, a.clever_id AS new_clever_id, g.site_id
FROM alike
WHERE CASE
  WHEN g.term_end IS NULL OR a.term_end IS NULL OR g.term_start IS NULL OR a.term_start IS NULL
    THEN coalesce(g.term_name = a.term_name, true)
  ELSE g.term_start < a.term_end AND a.term_start < g.term_end
END
