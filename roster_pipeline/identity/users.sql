-- one row per shared person: who is known under another Clever id keeps the platform's id
-- needs: guards.relinks, identity.own_user_ids, roster.users
INSERT INTO identity.users BY NAME
WITH judged AS (
  SELECT new_clever_id AS clever_id, min(id) FILTER (verdict = 'relink') AS user_id, min(verdict) AS verdict, min(evidence) AS evidence
  FROM guards.relinks WHERE entity = 'users' GROUP BY new_clever_id
)
SELECT
  i.user_n, i.clever_id, coalesce(j.user_id, i.user_id) AS user_id, j.evidence,
  CASE
    WHEN j.verdict = 'relink' THEN 'relinked'
    WHEN j.verdict IS NOT NULL THEN j.verdict
    WHEN c.user_id IS NOT NULL THEN 'known'
    ELSE 'new'
  END AS verdict
FROM identity.own_user_ids AS i
LEFT JOIN judged AS j ON j.clever_id = i.clever_id
LEFT JOIN roster.users AS c ON c.user_id = i.user_id
