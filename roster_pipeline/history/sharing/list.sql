-- one row per finding that no coarser one covers, of one site or all; a place in a section that nobody shared stands with its section
-- needs: roster.sites, sync.sharing_findings
SELECT
  f.site_id, s.name AS site, f.finding, f.entity, f.record_id, f.clever_id, f.sis_id, f.grade, f.section, f.section_sis_id, f.people
FROM sync.sharing_findings AS f LEFT JOIN roster.sites AS s USING (site_id)
WHERE NOT f.covered AND ($site IS NULL OR lower($site) IN (lower(f.site_id), lower(s.name)))
ORDER BY s.name, f.site_id, f.finding, f.entity, f.clever_id, f.record_id, f.section
