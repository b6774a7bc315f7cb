-- one row per enrollment status, with how many people have it
-- needs: roster.users
SELECT enrollment_status, count(*) AS people FROM roster.users GROUP BY enrollment_status ORDER BY enrollment_status
