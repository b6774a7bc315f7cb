-- one row per person or section of the roster whose id of ours begins so, ten at most
-- needs: roster.sections, roster.users
SELECT user_id::VARCHAR AS id FROM roster.users WHERE starts_with(user_id::VARCHAR, $asked)
UNION ALL
SELECT section_id::VARCHAR FROM roster.sections WHERE starts_with(section_id::VARCHAR, $asked)
ORDER BY id
LIMIT 10
