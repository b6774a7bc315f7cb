-- adds the problems of records of which the landing says nothing; who belongs to no school is looked for among all
-- needs: earlier.issues, earlier.sections, staging.section_records, staging.spoken_of
INSERT INTO staging.issues BY NAME
FROM earlier.issues
WHERE record_id IS NOT NULL AND CASE entity
  WHEN 'users' THEN code <> 'user_without_site' AND record_id NOT IN (SELECT clever_id FROM staging.spoken_of)
  ELSE record_id NOT IN (
    SELECT clever_id FROM staging.section_records WHERE clever_id IS NOT NULL
    UNION ALL
    SELECT clever_id FROM earlier.sections WHERE list_contains($sites, site_id)
  )
END
