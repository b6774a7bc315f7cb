-- leaves alone what somebody has overridden since, and it still counts, though that may have changed no record
-- needs: desired.undone, roster.overrides, sync.syncs
-- idle without: roster.overrides
DELETE FROM desired.undone AS u
WHERE EXISTS (
  FROM roster.overrides AS o JOIN sync.syncs AS s USING (sync_id)
  WHERE s.sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $sync_id)
    AND o.undone_by IS NULL AND (o.ended_by IS NULL OR o.reopened_by IS NOT NULL)
    AND CASE u.entity
      WHEN 'users' THEN u.entity_id = o.user_id::VARCHAR AND o.section_id IS NULL
      WHEN 'sections' THEN u.entity_id = o.section_id::VARCHAR AND o.user_id IS NULL
      WHEN 'user_sites' THEN split_part(u.entity_id, '/', 1) = o.user_id::VARCHAR
        AND (o.kind = 'exclude' OR split_part(u.entity_id, '/', 2) = o.site_id)
      WHEN 'enrollments' THEN split_part(u.entity_id, '/', 2) = o.user_id::VARCHAR
        AND (o.kind = 'exclude' OR u.entity_id = concat_ws('/', o.section_id, o.user_id, o.role))
      ELSE false
    END
)
