-- adds the people of whom the landing says nothing, as they were staged before
-- needs: earlier.users, staging.spoken_of
INSERT INTO staging.users BY NAME
FROM earlier.users ANTI JOIN staging.spoken_of USING (clever_id)
