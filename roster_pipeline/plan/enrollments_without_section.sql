-- forgets the enrollments in sections of other sites that begin only with those sites' own sync
-- needs: plan.enrollments, plan.sections, roster.sections
DELETE FROM plan.enrollments
WHERE action IN ('create', 'restore') AND section_id NOT IN (
  SELECT section_id FROM roster.sections WHERE status = 'active'
  UNION
  SELECT section_id FROM plan.sections
)
