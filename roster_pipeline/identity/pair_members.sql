-- one row per section of a pair and person in it, under the id that the person has or would have after a relink
-- needs: identity.candidates, identity.own_user_ids, identity.section_pairs, roster.enrollments, staging.enrollments
INSERT INTO identity.pair_members BY NAME
SELECT section_id, user_id, role, is_primary
FROM roster.enrollments
WHERE status = 'active' AND section_id IN (SELECT id FROM identity.section_pairs)
UNION ALL
SELECT p.new_id, coalesce(r.id, i.user_id), e.role, e.is_primary
FROM staging.enrollments AS e
JOIN (SELECT DISTINCT new_id, new_clever_id FROM identity.section_pairs) AS p ON p.new_clever_id = e.section
JOIN identity.own_user_ids AS i ON i.clever_id = e.member
LEFT JOIN identity.candidates AS r ON r.entity = 'users' AND r.verdict = 'relink' AND r.new_clever_id = e.member
