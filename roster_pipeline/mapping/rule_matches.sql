-- one row per section, rule that takes it, and course; only the rules with the smallest priority count
-- needs: input.rules, mapped.ruled_sections
INSERT INTO mapped.rule_matches BY NAME
SELECT s.clever_id, r.rule_id, r.course_id, r.priority, r.priority = min(r.priority) OVER (PARTITION BY s.clever_id) AS counts
FROM mapped.ruled_sections AS s
JOIN input.rules AS r ON
  r.active
  AND (r.subject IS NULL OR r.subject = s.subject)
  AND (r.grade IS NULL OR r.grade = s.grade)
  AND (r.clever_course IS NULL OR r.clever_course = s.clever_course)
  AND (r.course_number IS NULL OR r.course_number = s.course_number)
  AND (r.site IS NULL OR r.site IN (s.site_id, s.site))
  AND (r.term IS NULL OR r.term = s.term)
  AND (r.period IS NULL OR r.period = s.period)
  AND (r.section_name IS NULL OR CASE r.match
    WHEN 'prefix' THEN starts_with(s.name, r.section_name)
    WHEN 'suffix' THEN ends_with(s.name, r.section_name)
    WHEN 'regex' THEN regexp_matches(s.name, r.section_name, 'i')
    ELSE contains(s.name, r.section_name)
  END)
