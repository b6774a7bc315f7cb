-- one row per person who would become, or no longer be, a student or a teacher; counted in the role they have had
-- needs: plan.users
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, coalesce(before ->> '$.site_id', site_id) AS site_id, main_role(from_json(before -> '$.roles', '["VARCHAR"]')) AS role
FROM plan.users
WHERE action IN ('update', 'relink') AND held_by IS NULL AND before ->> '$.roles' IS NOT NULL
  AND (
    list_contains(roles, 'student') <> contains(before ->> '$.roles', '"student"')
    OR list_contains(roles, 'teacher') <> contains(before ->> '$.roles', '"teacher"')
  )
