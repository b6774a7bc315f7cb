-- one row per person whose id, ours or Clever's, this is
-- needs: roster.users
SELECT user_id::VARCHAR AS user_id, enrollment_status, roles FROM roster.users
WHERE lower($said) IN (user_id::VARCHAR, lower(clever_id))
ORDER BY user_id
