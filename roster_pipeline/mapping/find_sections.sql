-- one row per section whose id, ours or Clever's, is this or begins so; two at most, a whole id first
-- needs: roster.sections
SELECT section_id, status, $start IN (section_id::VARCHAR, lower(clever_id)) AS whole
FROM roster.sections
WHERE starts_with(section_id::VARCHAR, $start) OR starts_with(lower(clever_id), $start)
ORDER BY whole DESC, section_id
LIMIT 2
