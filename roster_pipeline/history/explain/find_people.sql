-- one row per person whom the text names, by which of their ids; those not on the roster too, under the id that they would get
-- needs: roster.users, staging.issues, staging.users, sync.change_log, sync.issues
WITH by_roster AS (
  SELECT
    user_id, clever_id,
    CASE
      WHEN user_id = try_cast($asked AS UUID) THEN 'id'
      WHEN lower(clever_id) = $asked THEN 'Clever id'
      WHEN lower(email) = $asked THEN 'e-mail'
      ELSE 'SIS id'
    END AS found_by
  FROM roster.users
  WHERE user_id = try_cast($asked AS UUID) OR lower(clever_id) = $asked OR lower(email) = $asked OR lower(sis_id) = $asked
),
earlier AS (
  SELECT user_id, clever_id, 'earlier Clever id' AS found_by FROM roster.users
  WHERE user_id::VARCHAR IN (
    SELECT entity_id FROM sync.change_log
    WHERE entity = 'users' AND action IN ('relink', 'restore') AND held_by IS NULL AND lower(before ->> '$.clever_id') = $asked
  )
),
elsewhere AS (
  SELECT clever_id, if(lower(clever_id) = $asked, 'Clever id', if(lower(email) = $asked, 'e-mail', 'SIS id')) AS found_by
  FROM staging.users
  WHERE lower(clever_id) = $asked OR lower(email) = $asked OR lower(sis_id) = $asked
    OR CASE -- for who will be on the roster: of everybody who is shared, so only when nobody has the id
      WHEN try_cast($asked AS UUID) IS NULL OR EXISTS (FROM by_roster) THEN false
      ELSE platform_id('user', clever_id) = try_cast($asked AS UUID)
    END
  UNION ALL
  SELECT record_id, 'Clever id' FROM staging.issues WHERE entity = 'users' AND lower(record_id) = $asked
  UNION ALL
  SELECT record_id, 'Clever id' FROM sync.issues WHERE entity = 'users' AND lower(record_id) = $asked
),
unknown AS (
  SELECT DISTINCT ON (clever_id)
    platform_id('user', clever_id || if(platform_id('user', clever_id) IN (SELECT user_id FROM roster.users), ' again', '')) AS user_id,
    clever_id, found_by
  FROM elsewhere ANTI JOIN roster.users USING (clever_id)
  ORDER BY clever_id, found_by
),
found AS (
  FROM by_roster UNION ALL FROM earlier UNION ALL FROM unknown
)
SELECT DISTINCT ON (f.user_id)
  f.user_id::VARCHAR AS id, f.clever_id, f.found_by, coalesce(u.first_name, s.first_name) AS first_name,
  coalesce(u.last_name, s.last_name) AS last_name, coalesce(u.roles, s.roles, []) AS roles, u.site_id, u.enrollment_status AS status
FROM found AS f
LEFT JOIN roster.users AS u ON u.user_id = f.user_id
LEFT JOIN staging.users AS s ON s.clever_id = f.clever_id
ORDER BY f.user_id, f.found_by
