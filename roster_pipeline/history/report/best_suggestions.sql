-- one row per unmapped section, of one site or all, whose best suggestion has at least this score
-- needs: mapping.unmapped, roster.sites
SELECT
  u.section_id::VARCHAR AS section_id, u.suggestion AS course_id, u.score, coalesce(w.name, u.site_id) AS site, u.clever_course,
  u.grade, u.students
FROM mapping.unmapped AS u LEFT JOIN roster.sites AS w USING (site_id)
WHERE u.score >= $least AND ($site IS NULL OR lower($site) IN (lower(u.site_id), lower(w.name)))
ORDER BY u.students DESC, u.section_id
