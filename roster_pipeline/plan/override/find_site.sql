-- one row per site whose id or name this is
-- needs: roster.sites
SELECT site_id, status FROM roster.sites
WHERE lower($said) IN (lower(site_id), lower(name))
ORDER BY site_id
