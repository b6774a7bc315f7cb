-- adds the limits that relinks of one verdict passed and for which something of this plan waits
-- needs: guards.relink_breaches, plan.sections, plan.users
INSERT INTO guards.breaches BY NAME
FROM guards.relink_breaches
WHERE guard = if($verdict = 'held', 'relink', 'relink_ambiguous')
  AND key IN (SELECT held_by FROM plan.users UNION SELECT held_by FROM plan.sections)
