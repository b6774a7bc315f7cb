-- takes out what an accepted sign of a broken extract has said already: the site, or the kind, that is gone
-- needs: guards.judged, guards.signs
DELETE FROM guards.judged AS j
USING guards.signs AS s
WHERE s.accepted_by IS NOT NULL AND s.explains
  AND (s.entity IS NULL OR s.entity = $entity)
  AND (s.site_id IS NULL OR s.site_id = j.site_id)
  AND (s.role IS NULL OR s.role = j.role)
