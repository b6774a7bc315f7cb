-- one row per site that waits for somebody to confirm its counts, as this sync found it
-- needs: input.confirmed, plan.confirmed, plan.waiting_sites
INSERT INTO sync.waiting_sites BY NAME
SELECT w.*, c.site_id IS NOT NULL AS moved, $sync_id AS sync_id
FROM plan.waiting_sites AS w ANTI JOIN plan.confirmed USING (site_id) LEFT JOIN input.confirmed AS c USING (site_id)
