-- notes of the sync how many people it erased
-- needs: plan.erasing, sync.syncs
UPDATE sync.syncs SET people = (SELECT count(*) FROM plan.erasing) WHERE sync_id = $sync_id
