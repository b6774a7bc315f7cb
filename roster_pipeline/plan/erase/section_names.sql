-- takes family names out of the names of sections that Clever does not share any more
-- needs: plan.erasing_sections, roster.sections
UPDATE roster.sections AS s SET name = regexp_replace(s.name, e.pattern, '\1…\3', 'g')
FROM plan.erasing_sections AS e
WHERE e.section_id = s.section_id AND NOT e.shared AND regexp_matches(s.name, e.pattern)
