-- one row per section whose id, ours or Clever's, this is
-- needs: roster.sections
SELECT section_id::VARCHAR AS section_id, status FROM roster.sections
WHERE lower($said) IN (section_id::VARCHAR, lower(clever_id))
ORDER BY section_id
