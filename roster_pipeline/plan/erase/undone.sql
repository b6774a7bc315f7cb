-- takes what names people who are erased out of what an undo has taken back
-- needs: plan.erasing, sync.undone
UPDATE sync.undone
SET refused = CASE WHEN refused IS NOT NULL THEN json_merge_patch(refused, {pii_patch users}) END
WHERE entity = 'users' AND entity_id IN (SELECT user_id::VARCHAR FROM plan.erasing)
