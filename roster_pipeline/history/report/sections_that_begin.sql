-- one row per section whose id, ours or Clever's, begins so
-- needs: roster.sections
SELECT section_id::VARCHAR AS id FROM roster.sections
WHERE starts_with(section_id::VARCHAR, lower($start)) OR starts_with(lower(clever_id), lower($start))
ORDER BY 1
LIMIT 20
