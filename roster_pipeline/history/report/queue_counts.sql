-- one row: how many sections have no course, how many seats these have, and for how many a course is suggested
-- needs: mapping.unmapped
SELECT count(*) AS sections, coalesce(sum(students), 0)::BIGINT AS seats, count(suggestion) AS suggested FROM mapping.unmapped
