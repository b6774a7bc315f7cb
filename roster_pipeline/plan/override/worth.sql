-- one row per override that the plan tells something of: what it is worth once the guards have held back what they hold
-- needs: plan.changes, plan.override_states, plan.overrides
-- idle without: plan.override_states
INSERT INTO temp.override_states BY NAME
SELECT
  n.no, n.clever_value,
  if(EXISTS (
    FROM plan.changes AS c
    WHERE c.held_by IS NOT NULL AND CASE
      WHEN o.kind = 'exclude' THEN c.entity = 'users' AND c.entity_id = o.user_id::VARCHAR
      WHEN o.kind = 'keep' THEN c.entity = if(o.user_id IS NULL, 'sections', 'users')
        AND c.entity_id = coalesce(o.user_id, o.section_id)::VARCHAR
        AND (json_exists(c.before, '$.' || o.field) OR (n.state = 'gone' AND c.action = 'archive'))
      WHEN o.section_id IS NULL THEN c.entity = 'user_sites' AND c.entity_id = concat_ws('/', o.user_id, o.site_id)
      ELSE c.entity = 'enrollments' AND c.entity_id = concat_ws('/', o.section_id, o.user_id, o.role)
    END
  ), 'held', n.state) AS state
FROM plan.override_states AS n JOIN plan.overrides AS o USING (no)
