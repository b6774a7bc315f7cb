-- one row per site and sync that asked Clever, of the last ones of each site, the newest first
-- needs: roster.sites, sync.sharing, sync.syncs
SELECT
  h.site_id, r.name AS site, s.started_at, h.* EXCLUDE (site_id)
FROM sync.sharing AS h JOIN sync.syncs AS s USING (sync_id) LEFT JOIN roster.sites AS r ON r.site_id = h.site_id
WHERE $site IS NULL OR lower($site) IN (lower(h.site_id), lower(r.name))
QUALIFY row_number() OVER (PARTITION BY h.site_id ORDER BY s.sync_no DESC) <= $limit
ORDER BY r.name, h.site_id, s.sync_no DESC
