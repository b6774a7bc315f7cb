-- one row per site whose name or id is like this, three at most, the likest first; `is_meant` when it is called just so
-- needs: roster.sites
SELECT site_id, name, lower($said) IN (lower(site_id), lower(name)) AS is_meant
FROM roster.sites
ORDER BY is_meant DESC, greatest(jaro_winkler_similarity(lower(site_id), lower($said)), jaro_winkler_similarity(lower(name), lower($said))) DESC, site_id
LIMIT 3
