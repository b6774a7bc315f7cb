-- one row per person who stays, and whose school or role is held as it is
-- needs: plan.user_sites, plan.users
INSERT INTO guards.waiting_people BY NAME
SELECT user_id, min(held_by) AS held_by
FROM (
  SELECT user_id, held_by FROM plan.user_sites
  WHERE held_by IS NOT NULL AND action <> 'update' AND user_id NOT IN (SELECT user_id FROM plan.users WHERE action NOT IN ('update', 'relink'))
  UNION ALL
  SELECT user_id, held_by FROM plan.users
  WHERE held_by IS NOT NULL AND action IN ('update', 'relink') AND (before ->> '$.site_id' IS NOT NULL OR before ->> '$.roles' IS NOT NULL)
)
GROUP BY user_id
