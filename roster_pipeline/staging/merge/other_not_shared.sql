-- adds whom the sections of other sites list and we cannot see, unless we can by now
-- needs: earlier.not_shared, staging.sections, staging.users
INSERT INTO staging.not_shared BY NAME
FROM earlier.not_shared SEMI JOIN staging.sections USING (section_n) ANTI JOIN staging.users USING (clever_id)
