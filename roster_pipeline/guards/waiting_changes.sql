-- one row per hold: how many changes wait for it
-- needs: plan.changes
SELECT held_by, count(*) FROM plan.changes WHERE held_by IS NOT NULL GROUP BY held_by
