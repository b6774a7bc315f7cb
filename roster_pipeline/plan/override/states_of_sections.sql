-- one row per kept field of a section: what Clever sends beside it
-- needs: desired.sections, plan.overrides
-- idle without: plan.overrides
INSERT INTO plan.override_states BY NAME
WITH beside AS (
  SELECT
    o.*, s.status,
    CASE WHEN s.section_n IS NOT NULL THEN CASE o.field
      WHEN 'name' THEN s.name WHEN 'subject' THEN s.subject WHEN 'grade' THEN s.grade
    END END AS clever_value
  FROM plan.overrides AS o LEFT JOIN desired.sections AS s USING (section_id)
  WHERE o.kind = 'keep' AND o.section_id IS NOT NULL
)
SELECT
  no, clever_value,
  CASE
    WHEN NOT counts THEN 'expired'
    WHEN status IS DISTINCT FROM 'active' THEN 'gone'
    ELSE if(clever_value IS NOT DISTINCT FROM value, 'idle', 'works')
  END AS state
FROM beside
