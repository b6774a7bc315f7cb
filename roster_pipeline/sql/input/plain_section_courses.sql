-- every line of a section_courses.csv, and whether it is as a program writes it, about courses and sections that are there
CREATE OR REPLACE TABLE input.plain AS
SELECT
  *, (district, section_id, course_id) AS key,
  coalesce(
    district = trim(district) AND district <> '' AND NOT contains(district, '"')
    AND (section_id IN (SELECT clever_id FROM staging.sections) OR (
      district <> $district AND section_id = trim(section_id) AND section_id <> '' AND NOT contains(section_id, '"')
    ))
    AND course_id IN (SELECT course_id FROM input.courses WHERE active),
    false
  ) AS is_plain
FROM read_csv(
  $file, auto_detect = false, header = true, delim = ',', quote = '', escape = '', new_line = '\n', strict_mode = true,
  columns = {district: 'VARCHAR', section_id: 'VARCHAR', course_id: 'VARCHAR'}
)
