-- numbers the people of the landing after those who were staged before
-- needs: earlier.users, staging.user_sites
UPDATE staging.user_sites SET user_n = user_n + (SELECT coalesce(max(user_n) + 1, 0) FROM earlier.users)
