-- one row per kept field of a section: what Clever sends beside it, or sent last
-- needs: desired.sections, desired.sites, plan.overrides, roster.overrides
-- idle without: plan.overrides
INSERT INTO plan.override_states BY NAME
WITH beside AS (
  SELECT
    o.*, s.status, s.site_id IN (SELECT site_id FROM desired.sites WHERE enrollment_source = 'manual') AS of_manual_site,
    CASE WHEN s.section_n IS NULL THEN before.clever_value ELSE CASE o.field
      WHEN 'name' THEN s.name WHEN 'subject' THEN s.subject WHEN 'grade' THEN s.grade
    END END AS clever_value
  FROM plan.overrides AS o LEFT JOIN desired.sections AS s USING (section_id) LEFT JOIN roster.overrides AS before USING (no)
  WHERE o.kind = 'keep' AND o.section_id IS NOT NULL
)
SELECT
  no, clever_value,
  CASE
    WHEN of_manual_site THEN 'manual'
    WHEN NOT counts THEN 'expired'
    WHEN status IS DISTINCT FROM 'active' THEN 'gone'
    ELSE if(clever_value IS NOT DISTINCT FROM value, 'idle', 'works')
  END AS state
FROM beside
