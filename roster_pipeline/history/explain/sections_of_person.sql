-- one row per section and role in which a person is or was, by the roster or by what was staged last
-- needs: roster.enrollments, roster.sections, staging.memberships, staging.sections, staging.users
WITH shared AS (
  SELECT DISTINCT coalesce(c.section_id, platform_id('section', s.clever_id)) AS section_id, s.clever_id, m.role
  FROM staging.memberships AS m
  JOIN staging.users AS u ON u.user_n = m.user_n AND u.clever_id = $clever_id
  JOIN staging.sections AS s ON s.section_n = m.section_n
  LEFT JOIN roster.sections AS c ON c.clever_id = s.clever_id
)
SELECT
  section_id::VARCHAR AS section_id, coalesce(c.clever_id, shared.clever_id) AS clever_id, role, e.status AS enrollment,
  e.since_sync_id AS enrolled_by, shared.section_id IS NOT NULL AS shared_in
FROM (FROM roster.enrollments WHERE user_id = $id::UUID) AS e
FULL JOIN shared USING (section_id, role)
LEFT JOIN roster.sections AS c USING (section_id)
ORDER BY e.status, section_id, role
