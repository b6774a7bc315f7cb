-- with a sync, the overrides go that it put into effect, or those that remove somebody alone; and later ones about what the undo has changed all the same
-- needs: plan.changes, roster.overrides, sync.syncs
-- idle without: roster.overrides
UPDATE roster.overrides AS o SET undone_by = $sync_id
WHERE undone_by IS NULL AND (
  (sync_id = $undoes AND (kind = 'exclude' OR NOT coalesce(getvariable('only_removals'), false)))
  OR (
    sync_id IN (SELECT sync_id FROM sync.syncs WHERE sync_no > (SELECT sync_no FROM sync.syncs WHERE sync_id = $undoes))
    AND EXISTS (
      FROM plan.changes AS c
      WHERE CASE o.kind
        WHEN 'exclude' THEN c.entity = 'users' AND c.entity_id = o.user_id::VARCHAR
        WHEN 'keep' THEN c.entity IN ('users', 'sections') AND c.entity_id = coalesce(o.user_id, o.section_id)::VARCHAR
          AND json_exists(c.before, '$.' || o.field)
        ELSE (c.entity = 'user_sites' AND c.entity_id = concat_ws('/', o.user_id, o.site_id) AND o.site_id IS NOT NULL)
          OR (c.entity = 'enrollments' AND c.entity_id = concat_ws('/', o.section_id, o.user_id, o.role))
      END
    )
  )
)
