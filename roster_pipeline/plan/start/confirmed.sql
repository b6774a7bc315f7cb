-- one row per site that waited and of which Clever shares what somebody confirmed, but for a little
-- needs: input.confirmed, plan.waiting_sites
INSERT INTO plan.confirmed BY NAME
SELECT site_id
FROM plan.waiting_sites AS w JOIN input.confirmed AS c USING (site_id)
WHERE coalesce(abs(w.sections - c.sections) <= greatest($records, $percent * c.sections / 100), true)
  AND coalesce(abs(w.teachers - c.teachers) <= greatest($records, $percent * c.teachers / 100), true)
  AND coalesce(abs(w.students - c.students) <= greatest($records, $percent * c.students / 100), true)
