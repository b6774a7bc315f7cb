-- every site that an earlier release has synced: nobody was asked then, and nobody is asked again
-- needs: roster.sites
UPDATE roster.sites
SET confirmed_at = coalesce(last_synced_at, now()::TIMESTAMP), confirmed_by = 'an earlier release',
  status = if(status = 'new', 'confirmed', status)
WHERE enrollment_source = 'clever'
