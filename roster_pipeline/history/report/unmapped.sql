-- one row per active section without a course, those with most students first, with the name of its site
-- needs: mapping.unmapped, roster.sites
SELECT u.*, coalesce(w.name, u.site_id) AS site
FROM mapping.unmapped AS u LEFT JOIN roster.sites AS w USING (site_id)
ORDER BY u.students DESC, u.section_id
LIMIT $limit
