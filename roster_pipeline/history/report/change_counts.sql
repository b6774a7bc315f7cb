-- one row per entity, site and action of one sync
-- needs: roster.sites, sync.change_counts
SELECT c.entity, c.site_id, s.name AS site, c.action, c.changes
FROM sync.change_counts AS c LEFT JOIN roster.sites AS s USING (site_id)
WHERE c.sync_id = $sync_id
ORDER BY c.entity, s.name, c.site_id, c.action
