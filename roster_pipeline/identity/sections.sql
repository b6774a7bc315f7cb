-- one row per shared section: who is known under another Clever id keeps the platform's id
-- needs: guards.relinks, identity.own_section_ids, roster.sections
INSERT INTO identity.sections BY NAME
WITH judged AS (
  SELECT new_clever_id AS clever_id, min(id) FILTER (verdict = 'relink') AS section_id, min(verdict) AS verdict, min(evidence) AS evidence
  FROM guards.relinks WHERE entity = 'sections' GROUP BY new_clever_id
)
SELECT
  i.section_n, i.clever_id, coalesce(j.section_id, i.section_id) AS section_id, j.evidence,
  CASE
    WHEN j.verdict = 'relink' THEN 'relinked'
    WHEN j.verdict IS NOT NULL THEN j.verdict
    WHEN c.section_id IS NOT NULL THEN 'known'
    ELSE 'new'
  END AS verdict
FROM identity.own_section_ids AS i
LEFT JOIN judged AS j ON j.clever_id = i.clever_id
LEFT JOIN roster.sections AS c ON c.section_id = i.section_id
