-- adds one row per site: how many people were erased
-- needs: plan.erasing
INSERT INTO sync.change_counts BY NAME
SELECT $sync_id AS sync_id, 'users' AS entity, site_id, 'erase' AS "action", count(*) AS changes FROM plan.erasing GROUP BY site_id
