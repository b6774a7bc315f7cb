-- adds one row per entity, site and action: how many records this sync changed
-- needs: plan.counts
INSERT INTO sync.change_counts BY NAME
SELECT $sync_id AS sync_id, entity, site_id, action, changes FROM plan.counts WHERE held_by IS NULL
