-- one row per kind of unmapped section and course that is like it
-- needs: nothing
INSERT INTO temp.fits BY NAME
SELECT unnest(
  from_json($fits::JSON, '[{"kind": "BIGINT", "course_id": "VARCHAR", "likeness": "DOUBLE", "reason": "VARCHAR"}]'),
  recursive := true)
