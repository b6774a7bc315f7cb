-- one row per active course whose id or title is like this, three at most, the likest first
-- needs: input.courses
SELECT course_id, title FROM input.courses
WHERE active
ORDER BY greatest(jaro_winkler_similarity(lower(course_id), lower($said)), jaro_winkler_similarity(lower(title), lower($said))) DESC, course_id
LIMIT 3
