-- a line of the file is stronger than the rules, also when it names the section by an id it had before
-- needs: mapped.decisions, mapped.renamed_lines, mapped.section_courses
DELETE FROM mapped.section_courses
WHERE mapped_by = 'rule' AND clever_id IN (
  SELECT clever_id FROM mapped.renamed_lines
  ANTI JOIN (FROM mapped.decisions WHERE decision = 'ended') AS d USING (clever_id, course_id)
)
