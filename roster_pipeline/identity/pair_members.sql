-- one row per section of a pair and person in it, under the id that the person has or would have after a relink
CREATE OR REPLACE TABLE plan.pair_members AS
SELECT section_id, user_id, role, is_primary
FROM roster.enrollments
WHERE status = 'active' AND section_id IN (SELECT id FROM plan.section_pairs)
UNION ALL
SELECT p.new_id, coalesce(r.id, i.user_id), e.role, e.is_primary
FROM staging.enrollments AS e
JOIN (SELECT DISTINCT new_id, new_clever_id FROM plan.section_pairs) AS p ON p.new_clever_id = e.section
JOIN desired.user_ids AS i ON i.clever_id = e.member
LEFT JOIN plan.relinks AS r ON r.entity = 'users' AND r.verdict = 'hold' AND r.new_clever_id = e.member
