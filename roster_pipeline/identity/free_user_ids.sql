-- a Clever id that comes back beside the one its person was relinked to is somebody of their own: they get another id
UPDATE desired.user_ids AS i
SET user_id = platform_id('user', i.clever_id || ' again')
FROM roster.users AS c
WHERE c.user_id = i.user_id
  AND c.clever_id <> i.clever_id
  AND c.clever_id IN (SELECT clever_id FROM desired.user_ids)
