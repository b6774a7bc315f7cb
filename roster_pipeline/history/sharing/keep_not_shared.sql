-- one row per section of a synced site and person whom it lists and Clever does not share
-- needs: roster.sites, staging.not_shared, staging.sections
INSERT INTO sync.not_shared BY NAME
SELECT s.site_id, s.clever_id AS section, n.clever_id, n.role
FROM staging.not_shared AS n
JOIN staging.sections AS s USING (section_n)
SEMI JOIN (FROM roster.sites WHERE enrollment_source = 'clever' AND confirmed_at IS NOT NULL) AS synced USING (site_id)
WHERE len($sites) = 0 OR list_contains($sites, s.site_id)
