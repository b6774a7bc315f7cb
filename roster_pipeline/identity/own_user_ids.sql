-- one row per shared person: the platform's id, known or derived from their first Clever id; one that comes back beside the person relinked from it is another
-- needs: roster.users, staging.users
INSERT INTO identity.own_user_ids BY NAME
SELECT
  s.user_n, s.clever_id,
  coalesce(c.user_id, platform_id('user', s.clever_id || if(taken.user_id IS NULL, '', ' again'))) AS user_id
FROM staging.users AS s
LEFT JOIN roster.users AS c ON c.clever_id = s.clever_id
LEFT JOIN (FROM roster.users SEMI JOIN staging.users USING (clever_id)) AS taken
  ON c.user_id IS NULL AND taken.user_id = platform_id('user', s.clever_id)
