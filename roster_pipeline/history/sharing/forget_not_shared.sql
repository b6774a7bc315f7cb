-- forgets who was not shared at the sites of this sync, as the last one found it
-- needs: sync.not_shared
DELETE FROM sync.not_shared WHERE len($sites) = 0 OR list_contains($sites, site_id)
