-- one row per person who was archived so long ago that their data is not kept any more
-- needs: roster.users
SELECT u.user_id::VARCHAR AS user_id FROM roster.users AS u
WHERE u.enrollment_status = 'archived' AND u.archived_at < $before::TIMESTAMP AND {any_pii users} IS NOT NULL
ORDER BY 1
