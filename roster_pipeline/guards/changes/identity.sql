-- one row per person whose known name, e-mail or SIS id would be another; what was empty and case do not count
-- needs: plan.users
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, coalesce(before ->> '$.site_id', site_id) AS site_id, main_role(coalesce(from_json(before -> '$.roles', '["VARCHAR"]'), roles)) AS role
FROM plan.users
WHERE action = 'update' AND held_by IS NULL
  AND (
    lower(before ->> '$.first_name') <> lower(coalesce(first_name, ''))
    OR lower(before ->> '$.last_name') <> lower(coalesce(last_name, ''))
    OR lower(before ->> '$.email') <> lower(coalesce(email, ''))
    OR before ->> '$.sis_id' <> coalesce(sis_id, '')
  )
