-- one row per kind of record of which the extract has none
-- needs: staging.memberships, staging.sections, staging.sites, staging.users
SELECT kind
FROM (VALUES
  ('sites', EXISTS (FROM staging.sites)),
  ('students', EXISTS (FROM staging.users WHERE list_contains(roles, 'student'))),
  ('teachers', EXISTS (FROM staging.users WHERE list_contains(roles, 'teacher'))),
  ('sections', EXISTS (FROM staging.sections)),
  ('enrollments', EXISTS (FROM staging.memberships WHERE user_n IS NOT NULL))
) AS kinds (kind, sent)
WHERE NOT sent
