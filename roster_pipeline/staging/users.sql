-- one row per person in a role that is synced; a person with several roles is one row
-- needs: staging.user_records
INSERT INTO staging.users BY NAME
SELECT rowid::INTEGER AS user_n, r.* EXCLUDE (last_modified, is_contact, primary_site, sites)
FROM staging.user_records AS r
WHERE clever_id IS NOT NULL AND len(roles) > 0
