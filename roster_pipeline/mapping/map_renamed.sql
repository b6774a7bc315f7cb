-- adds the lines of the file that name a section by an id it had before
INSERT INTO desired.mapped_sections
SELECT DISTINCT clever_id, course_id, 'file', NULL FROM plan.renamed_lines
ANTI JOIN desired.mapped_sections USING (clever_id, course_id)
