-- adds one row per person who is erased
-- needs: plan.erasing
INSERT INTO sync.erasures BY NAME
SELECT user_id, $now::TIMESTAMP AS erased_at, $sync_id AS sync_id FROM plan.erasing
