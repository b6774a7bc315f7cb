-- one row per person whom the lists of the chosen sites leave open: who was there and is not listed, who is in a section there, and who may be the same as somebody new
-- needs: earlier.user_sites, earlier.users, staging.section_records, staging.user_records
WITH listed AS (
  SELECT clever_id FROM staging.user_records WHERE clever_id IS NOT NULL
),
arrived AS (
  SELECT * FROM staging.user_records ANTI JOIN earlier.users USING (clever_id) WHERE clever_id IS NOT NULL
),
concerned AS (
  SELECT u.clever_id FROM earlier.users AS u JOIN earlier.user_sites AS m USING (user_n)
  WHERE list_contains($sites, m.site_id)
  UNION
  SELECT unnest(coalesce(students, []) || coalesce(teachers, [])) FROM staging.section_records
  UNION
  SELECT u.clever_id FROM earlier.users AS u JOIN arrived AS a ON a.sis_id = u.sis_id
  UNION
  SELECT u.clever_id FROM earlier.users AS u JOIN arrived AS a ON
    lower(a.email) = lower(u.email) AND lower(a.first_name) = lower(u.first_name) AND lower(a.last_name) = lower(u.last_name)
)
SELECT clever_id FROM concerned ANTI JOIN listed USING (clever_id)
WHERE clever_id <> ''
ORDER BY clever_id
