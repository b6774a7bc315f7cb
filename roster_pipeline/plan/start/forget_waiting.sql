-- forgets which sites waited, as the last sync found them
-- needs: sync.waiting_sites
DELETE FROM sync.waiting_sites
