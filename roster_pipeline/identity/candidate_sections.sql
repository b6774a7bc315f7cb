-- adds one row per pair of sections with the same primary teacher and most of the larger class in common
-- needs: identity.pair_members, identity.section_pairs
INSERT INTO identity.candidates BY NAME
WITH teachers AS (
  SELECT section_id, min(user_id) AS user_id FROM identity.pair_members WHERE role = 'teacher' AND is_primary GROUP BY section_id
),
students AS (
  SELECT section_id, count(*) AS n FROM identity.pair_members WHERE role = 'student' GROUP BY section_id
),
same_teacher AS (
  SELECT p.*
  FROM identity.section_pairs AS p
  LEFT JOIN teachers AS old ON old.section_id = p.id
  LEFT JOIN teachers AS new ON new.section_id = p.new_id
  WHERE old.user_id IS NOT DISTINCT FROM new.user_id
),
shared AS (
  SELECT p.id, p.new_id, count(*) AS n
  FROM same_teacher AS p
  JOIN identity.pair_members AS old ON old.section_id = p.id AND old.role = 'student'
  JOIN identity.pair_members AS new ON new.section_id = p.new_id AND new.role = 'student' AND new.user_id = old.user_id
  GROUP BY ALL
),
compared AS (
  SELECT p.*, coalesce(shared.n, 0) AS common, greatest(coalesce(old.n, 0), coalesce(new.n, 0)) AS larger
  FROM same_teacher AS p
  LEFT JOIN shared USING (id, new_id)
  LEFT JOIN students AS old ON old.section_id = p.id
  LEFT JOIN students AS new ON new.section_id = p.new_id
)
SELECT
  'sections' AS entity, id, new_id, old_clever_id, new_clever_id, site_id,
  format('site, name or course, period, teacher and {} of {} students', common, larger) AS evidence,
  if(count(*) OVER (PARTITION BY id) = 1 AND count(*) OVER (PARTITION BY new_id) = 1, 'relink', 'ambiguous') AS verdict
FROM compared
WHERE larger = 0 OR 100 * common > $percent::DECIMAL(9, 3) * larger
