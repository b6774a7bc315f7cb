-- one row per site that is not on Clever and to which what somebody overrides belongs: nothing there would end with the override
-- needs: input.site_settings, roster.enrollments, roster.sections, roster.sites, roster.user_sites
WITH here AS (
  SELECT w.site_id, coalesce(s.enrollment_source = 'manual', false) AS manual
  FROM roster.sites AS w LEFT JOIN input.site_settings AS s ON s.site_id = lower(w.site_id)
),
-- a person is of the sites where they are; of some of them only, what Clever sends counts
of_person AS (
  SELECT site_id FROM roster.user_sites WHERE user_id = $user_id::UUID AND status = 'active'
  UNION
  SELECT site_id FROM roster.enrollments WHERE user_id = $user_id::UUID AND status = 'active' AND $kind = 'exclude'
)
SELECT site_id FROM here
WHERE manual AND CASE
  WHEN $section_id::UUID IS NOT NULL THEN site_id = (SELECT site_id FROM roster.sections WHERE section_id = $section_id::UUID)
  WHEN $site_id::VARCHAR IS NOT NULL THEN site_id = $site_id::VARCHAR
  ELSE site_id IN (FROM of_person)
    AND ($kind = 'exclude' OR NOT EXISTS (FROM of_person SEMI JOIN (FROM here WHERE NOT manual) USING (site_id)))
END
ORDER BY site_id
