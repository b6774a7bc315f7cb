-- one row per section that the text names, by which of its ids; those not on the roster too, under the id that they would get
-- needs: roster.sections, staging.issues, staging.sections, sync.change_log, sync.issues
WITH by_roster AS (
  SELECT
    section_id, clever_id,
    if(section_id = try_cast($asked AS UUID), 'id', if(lower(clever_id) = $asked, 'Clever id', 'SIS id')) AS found_by
  FROM roster.sections
  WHERE section_id = try_cast($asked AS UUID) OR lower(clever_id) = $asked OR lower(sis_id) = $asked
),
earlier AS (
  SELECT section_id, clever_id, 'earlier Clever id' AS found_by FROM roster.sections
  WHERE section_id::VARCHAR IN (
    SELECT entity_id FROM sync.change_log
    WHERE entity = 'sections' AND action IN ('relink', 'restore') AND held_by IS NULL AND lower(before ->> '$.clever_id') = $asked
  )
),
elsewhere AS (
  SELECT clever_id, if(lower(clever_id) = $asked, 'Clever id', 'SIS id') AS found_by
  FROM staging.sections
  WHERE lower(clever_id) = $asked OR lower(sis_id) = $asked
    OR CASE -- for what will be on the roster: of all that is shared, so only when nothing has the id
      WHEN try_cast($asked AS UUID) IS NULL OR EXISTS (FROM by_roster) THEN false
      ELSE platform_id('section', clever_id) = try_cast($asked AS UUID)
    END
  UNION ALL
  SELECT record_id, 'Clever id' FROM staging.issues WHERE entity = 'sections' AND lower(record_id) = $asked
  UNION ALL
  SELECT record_id, 'Clever id' FROM sync.issues WHERE entity = 'sections' AND lower(record_id) = $asked
),
unknown AS (
  SELECT DISTINCT ON (clever_id)
    platform_id('section', clever_id || if(platform_id('section', clever_id) IN (SELECT section_id FROM roster.sections), ' again', '')) AS section_id,
    clever_id, found_by
  FROM elsewhere ANTI JOIN roster.sections USING (clever_id)
  ORDER BY clever_id, found_by
),
found AS (
  FROM by_roster UNION ALL FROM earlier UNION ALL FROM unknown
)
SELECT DISTINCT ON (f.section_id)
  f.section_id::VARCHAR AS id, f.clever_id, f.found_by, coalesce(c.name, s.name) AS name, coalesce(c.site_id, s.site_id) AS site_id, c.status
FROM found AS f
LEFT JOIN roster.sections AS c ON c.section_id = f.section_id
LEFT JOIN staging.sections AS s ON s.clever_id = f.clever_id
ORDER BY f.section_id, f.found_by
