-- takes what names people who are erased out of the changes of their records
-- needs: plan.erasing, sync.change_log
UPDATE sync.change_log
SET before = CASE WHEN before IS NOT NULL THEN json_merge_patch(before, {pii_patch users}) END,
  after = CASE WHEN after IS NOT NULL THEN json_merge_patch(after, {pii_patch users}) END
WHERE entity = 'users' AND entity_id IN (SELECT user_id::VARCHAR FROM plan.erasing)
