-- one row per section record of the landing, with only the fields the roster needs
-- needs: nothing
INSERT INTO staging.section_records BY NAME
SELECT
  clean(id) AS clever_id, clean(school) AS site_id, clean(course) AS course, clean(term_id) AS term_id,
  {carried_values sections},
  last_modified, coalesce(clean(teacher), clean(teachers[1])) AS primary_teacher,
  list_distinct(coalesce(teachers, []) || [teacher]) AS teachers, list_distinct(students) AS students
FROM read_json($file, format = 'newline_delimited', ignore_errors = true, columns = {json_columns sections})
