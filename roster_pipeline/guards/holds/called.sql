-- one row per site that is called so, by id or name, in any letters
-- needs: roster.sites
SELECT site_id FROM roster.sites WHERE lower($said) IN (lower(site_id), lower(name)) ORDER BY site_id
