-- takes family names out of the names of sections that somebody keeps
-- needs: plan.erasing_sections, roster.overrides
-- idle without: roster.overrides
UPDATE roster.overrides AS o
SET value = regexp_replace(o.value, e.pattern, '\1…\3', 'g'), clever_value = regexp_replace(o.clever_value, e.pattern, '\1…\3', 'g')
FROM plan.erasing_sections AS e
WHERE o.section_id = e.section_id AND o.field = 'name' AND (regexp_matches(o.value, e.pattern) OR regexp_matches(o.clever_value, e.pattern))
