-- every line of a section_courses.csv, and whether it is as a program writes it, about courses and sections that are there
CREATE OR REPLACE TABLE input.plain AS
SELECT
  *, {'district': district, 'section_id': section_id, 'course_id': course_id} AS key,
  coalesce(
    regexp_full_match(district, '[0-9a-z-]+')
    AND regexp_full_match(section_id, '[0-9a-z]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
    AND (district <> $district OR section_id IN (SELECT clever_id FROM staging.sections))
    AND course_id IN (SELECT course_id FROM input.courses WHERE active),
    false
  ) AS is_plain
FROM read_csv(
  $file, auto_detect = false, header = true, delim = ',', quote = '', escape = '', new_line = '\n', strict_mode = true,
  columns = {district: 'VARCHAR', section_id: 'VARCHAR', course_id: 'VARCHAR'}
)
