-- adds one row per person who is erased: that it was done, and nothing of what
-- needs: plan.erasing
INSERT INTO sync.change_log BY NAME
SELECT $sync_id AS sync_id, 'users' AS entity, user_id::VARCHAR AS entity_id, site_id, 'erase' AS "action" FROM plan.erasing
