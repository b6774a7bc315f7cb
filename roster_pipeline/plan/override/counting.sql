-- one row per override that stands: neither undone nor ended, and whose kept value was not erased; the one made now too
-- needs: input.ended_overrides, input.overrides, roster.overrides
INSERT INTO plan.overrides BY NAME
SELECT no, kind, user_id, section_id, site_id, role, field, value, until, coalesce($today::DATE <= until, true) AS counts
FROM roster.overrides
WHERE undone_by IS NULL AND (ended_by IS NULL OR reopened_by IS NOT NULL) AND (kind <> 'keep' OR value IS NOT NULL)
  AND no NOT IN (SELECT no FROM input.ended_overrides)
UNION ALL
SELECT
  (SELECT coalesce(max(no), 0) + 1 FROM roster.overrides), kind, user_id, section_id, site_id, role, field, value, until,
  coalesce($today::DATE <= until, true)
FROM input.overrides
