-- one row per synced person and known site
-- needs: staging.sites, staging.user_records
INSERT INTO staging.user_sites BY NAME
SELECT DISTINCT user_n, site_id, site_id = primary_site AS is_primary
FROM (
  SELECT rowid::INTEGER AS user_n, primary_site, clean(unnest(sites)) AS site_id
  FROM staging.user_records
  WHERE clever_id IS NOT NULL AND len(roles) > 0
)
SEMI JOIN staging.sites USING (site_id)
