-- one row per section as somebody names it: the one whose id, ours or Clever's, is this, or else begins so, and how many do
-- needs: input.deeds, roster.sections
INSERT INTO input.meant_sections BY NAME
WITH said AS (
  SELECT DISTINCT section AS said FROM input.deeds WHERE section <> ''
),
whole AS (
  SELECT said, section_id, status FROM said JOIN roster.sections ON section_id::VARCHAR = said
  UNION ALL
  SELECT said, section_id, status FROM said JOIN roster.sections ON lower(clever_id) = said
),
begun AS (
  SELECT said, section_id, status
  FROM (FROM said ANTI JOIN whole USING (said)) AS cut
  JOIN roster.sections ON starts_with(section_id::VARCHAR, said) OR starts_with(lower(clever_id), said)
)
SELECT said, min(section_id) AS section_id, arg_min(status, section_id) AS status, 1 AS found FROM whole GROUP BY said
UNION ALL
SELECT said, min(section_id), arg_min(status, section_id), count(*) FROM begun GROUP BY said
