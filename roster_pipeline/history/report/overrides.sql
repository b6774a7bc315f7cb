-- one row per override, or per one that stands: about whom and what, and what it is worth
-- needs: roster.overrides, roster.sections, roster.sites, roster.users
SELECT
  o.no, o.kind, o.user_id::VARCHAR AS user_id, nullif(concat_ws(' ', u.first_name, u.last_name), '') AS person,
  o.section_id::VARCHAR AS section_id, s.name AS section, o.site_id, w.name AS site, o.role, o.field, o.value, o.clever_value,
  o.until, o.by, o.why, o.at, o.sync_id,
  CASE
    WHEN o.undone_by IS NOT NULL THEN 'undone'
    WHEN o.ended_by IS NOT NULL AND o.reopened_by IS NULL THEN 'ended'
    ELSE o.state
  END AS state
FROM roster.overrides AS o
LEFT JOIN roster.users AS u USING (user_id)
LEFT JOIN roster.sections AS s ON s.section_id = o.section_id
LEFT JOIN roster.sites AS w ON w.site_id = o.site_id
WHERE $every OR (o.undone_by IS NULL AND (o.ended_by IS NULL OR o.reopened_by IS NOT NULL))
ORDER BY o.until, o.no
