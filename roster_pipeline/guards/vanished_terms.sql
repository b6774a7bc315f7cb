-- one row per term that no section has any more, although it is not over and most of its sections were active yesterday
-- needs: desired.sites, guards.relinks, plan.sections, roster.sections, staging.sections
WITH gone AS (
  SELECT term_name, term_start, term_end, count(*) AS sections
  FROM plan.sections
  WHERE action = 'archive' AND held_by IS NULL
    AND site_id IN (SELECT site_id FROM desired.sites WHERE enrollment_source = 'clever')
    AND section_id NOT IN (SELECT id FROM guards.relinks WHERE entity = 'sections')
  GROUP BY ALL
),
active AS (
  SELECT term_name, term_start, term_end, count(*) AS sections FROM roster.sections WHERE status = 'active' GROUP BY ALL
),
sent AS (
  SELECT DISTINCT term_name, term_start, term_end FROM staging.sections
)
SELECT
  concat_ws(' ', gone.term_name, format('({} to {})', coalesce(gone.term_start::VARCHAR, '?'), coalesce(gone.term_end::VARCHAR, '?'))) AS term,
  gone.sections, active.sections AS in_force
FROM gone
JOIN active ON
  active.term_name IS NOT DISTINCT FROM gone.term_name
  AND active.term_start IS NOT DISTINCT FROM gone.term_start
  AND active.term_end IS NOT DISTINCT FROM gone.term_end
ANTI JOIN sent ON
  sent.term_name IS NOT DISTINCT FROM gone.term_name
  AND sent.term_start IS NOT DISTINCT FROM gone.term_start
  AND sent.term_end IS NOT DISTINCT FROM gone.term_end
WHERE coalesce(gone.term_name, gone.term_start::VARCHAR, gone.term_end::VARCHAR) IS NOT NULL
  AND active.sections >= $minimum AND 2 * gone.sections > active.sections
ORDER BY ALL
