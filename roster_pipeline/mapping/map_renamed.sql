-- adds the lines of the file that name a section by an id it had before
-- needs: mapped.decisions, mapped.renamed_lines, mapped.section_courses
INSERT INTO mapped.section_courses BY NAME
SELECT DISTINCT clever_id, course_id, 'file' AS mapped_by FROM mapped.renamed_lines
ANTI JOIN mapped.section_courses USING (clever_id, course_id)
ANTI JOIN (FROM mapped.decisions WHERE decision = 'ended') AS d USING (clever_id, course_id)
