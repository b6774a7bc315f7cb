-- one row per site: where its enrollments come from, and whether somebody has confirmed it
-- needs: desired.sites
SELECT site_id, enrollment_source, status FROM desired.sites
