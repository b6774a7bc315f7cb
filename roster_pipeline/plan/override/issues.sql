-- one row per override that has become idle or has expired since the last sync
-- needs: desired.sections, desired.users, plan.overrides, roster.overrides, temp.override_states
-- idle without: temp.override_states
INSERT INTO sync.issues BY NAME
SELECT
  $sync_id AS sync_id, 'warning' AS severity, CASE n.state WHEN 'idle' THEN 'override_idle' ELSE 'override_expired' END AS code,
  CASE WHEN o.user_id IS NULL THEN 'sections' ELSE 'users' END AS entity, coalesce(o.user_id, o.section_id)::VARCHAR AS record_id,
  coalesce(u.site_id, s.site_id) AS site_id,
  CASE n.state
    WHEN 'idle' THEN format('Override {} ({}) makes no difference any more: Clever has caught up. `roster override end {}` ends it.', o.no, concat_ws(' ', o.kind, o.field), o.no)
    ELSE format('Override {} ({}) has expired: what Clever says counts again.', o.no, concat_ws(' ', o.kind, o.field))
  END AS message
FROM temp.override_states AS n
JOIN plan.overrides AS o USING (no)
LEFT JOIN roster.overrides AS before USING (no)
LEFT JOIN desired.users AS u ON u.user_id = o.user_id
LEFT JOIN desired.sections AS s ON s.section_id = o.section_id
WHERE n.state IN ('idle', 'expired') AND n.state IS DISTINCT FROM before.state AND before.no IS NOT NULL
