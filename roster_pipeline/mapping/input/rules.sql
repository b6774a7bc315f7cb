-- one row per rule of data/mapping_rules.csv for this district or for all, and course; NULL means any
-- needs: nothing
INSERT INTO input.rules BY NAME
SELECT
  rule_id, lower(subject) AS subject, lower(grade) AS grade, lower(clever_course) AS clever_course,
  unnest(string_split(course_id, ';')) AS course_id, lower(site) AS site, lower(course_number) AS course_number,
  if(match = 'regex', section_name, lower(section_name)) AS section_name, match, lower(term) AS term, lower(period) AS period,
  priority, active
FROM read_json($file, format = 'newline_delimited', columns = {
  rule_id: 'VARCHAR', subject: 'VARCHAR', grade: 'VARCHAR', clever_course: 'VARCHAR', course_id: 'VARCHAR', site: 'VARCHAR',
  course_number: 'VARCHAR', section_name: 'VARCHAR', match: 'VARCHAR', term: 'VARCHAR', period: 'VARCHAR', priority: 'INTEGER',
  active: 'BOOLEAN'
})
