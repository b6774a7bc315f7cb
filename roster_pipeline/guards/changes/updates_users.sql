-- one row per person of whom something would be updated that no other guard looks at, and that is not the platform's own
-- needs: plan.users
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, coalesce(before ->> '$.site_id', site_id) AS site_id, main_role(coalesce(from_json(before -> '$.roles', '["VARCHAR"]'), roles)) AS role
FROM plan.users
WHERE action = 'update' AND held_by IS NULL
  AND len(list_filter(json_keys(before), lambda field: NOT list_contains(
    ['first_name', 'last_name', 'email', 'sis_id', 'site_id', 'enrollment_status', 'first_login_at'], field
  ))) > 0
