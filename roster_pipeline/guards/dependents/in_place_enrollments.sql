-- holds the enrollments that begin in place of one that is held: a student's in another section, a teacher's in the same one
-- needs: plan.enrollments
UPDATE plan.enrollments AS e
SET held_by = f.held_by
FROM (
  SELECT c.record, min(c.held_by) AS held_by
  FROM (
    SELECT b.rowid AS record, h.held_by
    FROM plan.enrollments AS b JOIN plan.enrollments AS h ON h.user_id = b.user_id
    WHERE b.role = 'student' AND h.role = 'student' AND b.action IN ('create', 'restore') AND h.action = 'archive' AND h.held_by IS NOT NULL
    UNION ALL
    SELECT b.rowid, h.held_by
    FROM plan.enrollments AS b JOIN plan.enrollments AS h ON h.section_id = b.section_id
    WHERE b.role = 'teacher' AND h.role = 'teacher' AND b.action IN ('create', 'restore') AND h.action = 'archive' AND h.held_by IS NOT NULL
  ) AS c
  GROUP BY c.record
) AS f
WHERE f.record = e.rowid AND e.held_by IS NULL
