-- one row per site to which a person belongs or has belonged, by the roster or by what was staged last
-- needs: roster.sites, roster.user_sites, staging.sites, staging.user_sites, staging.users
WITH shared AS (
  SELECT site_id FROM staging.user_sites SEMI JOIN (FROM staging.users WHERE clever_id = $clever_id) USING (user_n)
),
known AS (
  SELECT site_id, status, since_sync_id FROM roster.user_sites WHERE user_id = $id::UUID
)
SELECT
  site_id, coalesce(w.name, s.name, site_id) AS site, coalesce(w.enrollment_source, 'clever') AS enrollment_source,
  w.status AS site_status, known.status, known.since_sync_id, shared.site_id IS NOT NULL AS shared
FROM known FULL JOIN shared USING (site_id)
LEFT JOIN roster.sites AS w USING (site_id)
LEFT JOIN staging.sites AS s USING (site_id)
ORDER BY site, site_id
