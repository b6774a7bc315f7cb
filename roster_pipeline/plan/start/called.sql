-- one row per shared site that is called so, by id or name, in any letters
-- needs: staging.sites
SELECT site_id FROM staging.sites WHERE lower($said) IN (lower(site_id), lower(name)) ORDER BY site_id <> $said, site_id
