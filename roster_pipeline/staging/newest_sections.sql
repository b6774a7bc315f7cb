-- of a section that came more than once only the newest record stays; equal ones do not depend on their order
-- needs: staging.section_records
DELETE FROM staging.section_records
WHERE rowid IN (
  SELECT r.rowid
  FROM staging.section_records AS r
  SEMI JOIN (
    SELECT clever_id FROM staging.section_records WHERE clever_id IS NOT NULL GROUP BY clever_id HAVING count(*) > 1
  ) AS repeated ON repeated.clever_id = r.clever_id
  QUALIFY row_number() OVER (
    PARTITION BY r.clever_id
    ORDER BY last_modified DESC NULLS LAST, {carried_names sections}, site_id, course, term_id, primary_teacher, list_sort(students), list_sort(teachers), r.rowid
  ) > 1
)
