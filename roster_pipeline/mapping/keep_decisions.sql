-- adds one row per decision of this sync, numbered on
-- needs: input.decisions, mapping.decisions
-- idle without: input.decisions
INSERT INTO mapping.decisions BY NAME
SELECT
  (SELECT coalesce(max(no), 0) FROM mapping.decisions) + row_number() OVER (ORDER BY section_id, course_id) AS no,
  *, $sync_id AS sync_id
FROM input.decisions
