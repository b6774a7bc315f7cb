-- one row per change of this plan that somebody has decided about, and for which guard
-- needs: input.overrides, plan.changes, plan.overrides, roster.overrides, sync.change_log, sync.holds
INSERT INTO guards.decided BY NAME
WITH overrides AS (
  SELECT kind, user_id, section_id, field, "at", no IN (SELECT no FROM plan.overrides WHERE counts) AS counts FROM roster.overrides
  UNION ALL
  SELECT kind, user_id, section_id, field, "at", true FROM input.overrides
),
-- a field that somebody keeps or has kept of a record is not what was rejected of it
kept AS (
  SELECT
    if(user_id IS NULL, 'sections', 'users') AS entity, coalesce(user_id, section_id)::VARCHAR AS entity_id,
    json_group_object(field, NULL) AS patch
  FROM (SELECT DISTINCT user_id, section_id, field FROM overrides WHERE kind = 'keep')
  GROUP BY ALL
),
excluded AS (
  SELECT user_id::VARCHAR AS user_id, max("at") AS "at" FROM overrides WHERE kind = 'exclude' AND counts GROUP BY ALL
),
decided AS (
  SELECT h.*, l.entity AS of_entity, l.entity_id, l.action, l.before::VARCHAR AS before, l.after::VARCHAR AS after,
    coalesce(l.before ->> '$.site_id', l.site_id) AS at_site
  FROM sync.holds AS h JOIN sync.change_log AS l ON l.sync_id = h.sync_id AND l.held_by = h.hold_id
  WHERE h.applied_sync_id IS NULL AND h.guard <> 'broken_extract' -- whose signs are decided, not its changes
    AND (h.status = 'rejected' OR (h.status = 'approved' AND h.expires_at > $now::TIMESTAMP))
)
SELECT
  c.entity, c.entity_id, d.guard, d.hold_id, d.status,
  d.entity = c.entity OR d.guard = 'undone' AS is_judged
FROM decided AS d
JOIN plan.changes AS c ON c.entity = d.of_entity AND c.entity_id = d.entity_id AND c.action = d.action
LEFT JOIN kept AS k ON k.entity = c.entity AND k.entity_id = c.entity_id
-- whoever excludes somebody after a rejection kept them on the roster wants them off it
LEFT JOIN excluded AS e ON d.status = 'rejected' AND c.action = 'archive' AND e."at" >= d.decided_at AND e.user_id = CASE c.entity
  WHEN 'users' THEN c.entity_id WHEN 'user_sites' THEN split_part(c.entity_id, '/', 1)
  WHEN 'enrollments' THEN split_part(c.entity_id, '/', 2)
END
WHERE e.user_id IS NULL
  AND (
    (c.before IS NOT DISTINCT FROM d.before AND c.after IS NOT DISTINCT FROM d.after)
    OR (
      d.status = 'rejected' AND k.patch IS NOT NULL AND json_merge_patch(d.after, k.patch)::VARCHAR <> '{}'
      AND json_merge_patch(c.before, k.patch) IS NOT DISTINCT FROM json_merge_patch(d.before, k.patch)
      AND json_merge_patch(c.after, k.patch) IS NOT DISTINCT FROM json_merge_patch(d.after, k.patch)
    )
  )
  -- a decision for some sites, or the withdrawal of one, says nothing about the others
  AND (len(coalesce(d.sites, [])) = 0 OR list_contains(d.sites, d.at_site))
