-- adds one row per person who is excluded: archived as they were, under the Clever id that they have now
-- needs: desired.users, identity.users, plan.overrides, roster.users
-- idle without: plan.overrides
INSERT INTO desired.users BY NAME
SELECT c.* EXCLUDE (first_synced_at, archived_at, since_sync_id) REPLACE (
  coalesce(i.clever_id, c.clever_id) AS clever_id, 'archived' AS enrollment_status
)
FROM (FROM roster.users ANTI JOIN desired.users USING (user_id)) AS c
SEMI JOIN (FROM plan.overrides WHERE kind = 'exclude' AND counts) AS o ON o.user_id = c.user_id
LEFT JOIN identity.users AS i ON i.user_id = c.user_id
