-- one row per shared site that nobody has confirmed, whatever is shared of it
-- needs: roster.sites, staging.sites
INSERT INTO input.confirmed BY NAME
SELECT site_id FROM staging.sites ANTI JOIN (FROM roster.sites WHERE confirmed_at IS NOT NULL) AS c USING (site_id)
