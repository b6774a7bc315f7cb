-- ends the overrides that somebody ends or replaces with this sync
-- needs: input.ended_overrides, roster.overrides
-- idle without: input.ended_overrides
UPDATE roster.overrides SET ended_by = $sync_id, reopened_by = NULL WHERE no IN (SELECT no FROM input.ended_overrides)
