-- of a person who came more than once only the newest record stays; equal ones do not depend on their order
-- needs: staging.user_records
DELETE FROM staging.user_records
WHERE rowid IN (
  SELECT r.rowid
  FROM staging.user_records AS r
  SEMI JOIN (
    SELECT clever_id FROM staging.user_records WHERE clever_id IS NOT NULL GROUP BY clever_id HAVING count(*) > 1
  ) AS repeated ON repeated.clever_id = r.clever_id
  QUALIFY row_number() OVER (
    PARTITION BY r.clever_id
    ORDER BY last_modified DESC NULLS LAST, {carried_names users}, r.roles, primary_site, list_sort(sites), r.rowid
  ) > 1
)
