-- moves "last synced" of the sites that this sync covered, except where something waits for a decision
-- needs: guards.holds, plan.counts, roster.sites, sync.holds
UPDATE roster.sites
SET last_synced_at = $at::TIMESTAMP
WHERE enrollment_source = 'clever' AND status = 'confirmed'
  AND (len($sites) = 0 OR list_contains($sites, site_id))
  AND site_id NOT IN (
    SELECT site_id FROM plan.counts
    WHERE site_id IS NOT NULL AND held_by IN (SELECT hold_id FROM guards.holds WHERE guard <> 'undone'
      AND hold_id NOT IN (SELECT hold_id FROM sync.holds WHERE status = 'rejected' AND applied_sync_id IS NULL))
  )
  AND NOT EXISTS (FROM guards.holds WHERE blocks)
