-- one row per site that waits for somebody to confirm its counts
-- needs: sync.waiting_sites
SELECT site_id, name, sections, teachers, students, pending, unmapped, visible_by, quarantined, moved, sync_id
FROM sync.waiting_sites
ORDER BY name, site_id
