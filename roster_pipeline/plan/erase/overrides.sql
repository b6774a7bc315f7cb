-- takes the kept fields of people who are erased out of overrides, and ends all but their exclusions, for good: no undo opens them again
-- needs: plan.erasing, roster.overrides
-- idle without: roster.overrides
UPDATE roster.overrides
SET value = NULL, clever_value = NULL, ended_by = $sync_id, reopened_by = NULL
WHERE kind <> 'exclude' AND user_id IN (SELECT user_id FROM plan.erasing)
