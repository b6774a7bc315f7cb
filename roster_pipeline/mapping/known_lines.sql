-- takes back the warning for lines that name a section by an id it had before
-- needs: mapped.line_issues, mapped.renamed_lines
DELETE FROM mapped.line_issues
WHERE record_id IN (SELECT format('section_courses.csv, line {}', line) FROM mapped.renamed_lines)
