-- one row: all that people, memberships and enrollments depend on, besides the roster itself
-- needs: input.logins, input.site_settings, plan.overrides, staging.origin
INSERT INTO plan.basis BY NAME
SELECT concat_ws(
  '|',
  (SELECT staged_id FROM staging.origin),
  $today,
  (SELECT concat_ws('-', count(*), bit_xor(hash(hash(user_id, first_login_at)))) FROM input.logins),
  (SELECT concat_ws('-', count(*), bit_xor(hash(hash(site_id, enrollment_source)))) FROM input.site_settings),
  (SELECT concat_ws('-', count(*), bit_xor(hash(no))) FROM plan.overrides WHERE counts)
) AS basis
