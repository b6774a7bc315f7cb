-- adds the sites of the people of whom the landing says nothing, as far as Clever still shares them
-- needs: earlier.user_sites, earlier.users, staging.sites, staging.spoken_of
INSERT INTO staging.user_sites BY NAME
FROM earlier.user_sites
SEMI JOIN (FROM earlier.users ANTI JOIN staging.spoken_of USING (clever_id)) AS others USING (user_n)
SEMI JOIN staging.sites USING (site_id)
