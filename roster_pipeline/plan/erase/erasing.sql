-- one row per person whose personal data is being erased
-- needs: roster.users
INSERT INTO plan.erasing BY NAME
SELECT user_id, clever_id, site_id FROM roster.users
WHERE user_id::VARCHAR IN (SELECT unnest($ids::VARCHAR[]))
