-- one row per membership in a section that is protected or added: whether Clever lists it itself
-- needs: desired.enrollments, desired.sections, desired.sites, desired.users, plan.overrides
-- idle without: plan.overrides
INSERT INTO plan.override_states BY NAME
SELECT
  no,
  CASE
    WHEN section_id IN (
      SELECT section_id FROM desired.sections SEMI JOIN (FROM desired.sites WHERE enrollment_source = 'manual') USING (site_id)
    ) THEN 'manual'
    WHEN NOT counts THEN 'expired'
    WHEN section_id NOT IN (SELECT section_id FROM desired.sections WHERE status = 'active')
      OR user_id NOT IN (SELECT user_id FROM desired.users WHERE enrollment_status <> 'archived') THEN 'gone'
    WHEN (section_id, user_id, role) IN (SELECT (section_id, user_id, role) FROM desired.enrollments WHERE status = 'active')
      THEN 'idle'
    ELSE 'works'
  END AS state
FROM plan.overrides
WHERE kind IN ('protect', 'add') AND section_id IS NOT NULL
