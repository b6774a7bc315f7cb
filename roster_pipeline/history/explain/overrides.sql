-- one row per override that stands about a person or a section that is asked about
-- needs: roster.overrides
SELECT
  no, kind, user_id::VARCHAR AS user_id, section_id::VARCHAR AS section_id, site_id, role, field, value, clever_value, until,
  "by", why, "at", sync_id, state
FROM roster.overrides
WHERE (user_id = $id::UUID OR section_id = $id::UUID)
  AND undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL)
ORDER BY no
