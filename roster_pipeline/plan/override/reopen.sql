-- with a sync, the ends of overrides are taken back that it put into effect, or those that removed somebody: they count again
-- needs: roster.overrides
-- idle without: roster.overrides
UPDATE roster.overrides AS o SET reopened_by = $sync_id
WHERE ended_by = $undoes AND reopened_by IS NULL AND (
  NOT coalesce(getvariable('only_removals'), false) OR kind IN ('protect', 'add')
  OR (kind = 'exclude' AND $undoes IN (SELECT sync_id FROM roster.overrides))
)
