-- one row: a fingerprint of what somebody decides now, also of what would change nothing
-- needs: input.decisions
SELECT left(md5(coalesce(string_agg(concat_ws(' ', section_id, course_id, decision), '/' ORDER BY section_id, course_id, decision), '')), 12) FROM input.decisions
