-- one row per section that is asked about, as the roster and what was staged last have it
-- needs: mapping.not_carried, roster.sections, roster.sites, staging.sections, staging.sites
SELECT
  asked.section_id::VARCHAR AS section_id, asked.clever_id, c.section_id IS NOT NULL AS on_roster, s.section_n IS NOT NULL AS shared,
  coalesce(c.name, s.name) AS name, coalesce(c.site_id, s.site_id) AS site_id,
  coalesce(w.name, school.name, c.site_id, s.site_id) AS site, coalesce(w.enrollment_source, 'clever') AS enrollment_source,
  coalesce(c.term_name, s.term_name) AS term, coalesce(c.term_end, s.term_end) AS term_end, c.status, c.student_count,
  c.teacher_count, c.unmapped_since, c.since_sync_id, n.because AS not_carried, n.sections AS sections_before
FROM (SELECT unnest($ids::UUID[]) AS section_id, unnest($clever_ids::VARCHAR[]) AS clever_id) AS asked
LEFT JOIN roster.sections AS c USING (section_id)
LEFT JOIN staging.sections AS s ON s.clever_id = asked.clever_id
LEFT JOIN mapping.not_carried AS n USING (section_id)
LEFT JOIN roster.sites AS w ON w.site_id = coalesce(c.site_id, s.site_id)
LEFT JOIN staging.sites AS school ON school.site_id = s.site_id
ORDER BY asked.section_id
