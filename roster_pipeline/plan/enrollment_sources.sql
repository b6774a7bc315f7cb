-- one row per site: where its enrollments come from
-- needs: desired.sites
SELECT site_id, enrollment_source FROM desired.sites
