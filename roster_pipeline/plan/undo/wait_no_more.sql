-- forgets of sites that they wait, because the undo of an undo has started them again
-- needs: roster.sites, sync.waiting_sites
DELETE FROM sync.waiting_sites WHERE site_id IN (SELECT site_id FROM roster.sites WHERE status = 'confirmed')
