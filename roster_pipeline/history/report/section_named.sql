-- one row: how a section is called, and where it is
-- needs: roster.sections, roster.sites
SELECT s.section_id::VARCHAR AS section_id, s.name, coalesce(w.name, s.site_id) AS site, s.clever_course
FROM roster.sections AS s LEFT JOIN roster.sites AS w USING (site_id)
WHERE s.section_id::VARCHAR = $section_id
