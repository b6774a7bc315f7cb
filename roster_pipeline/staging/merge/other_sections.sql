-- adds the sections of the other sites that Clever still shares, as they were staged before
-- needs: earlier.sections, staging.section_records, staging.sites
INSERT INTO staging.sections BY NAME
FROM earlier.sections
SEMI JOIN staging.sites USING (site_id)
ANTI JOIN (SELECT clever_id FROM staging.section_records) AS landed USING (clever_id)
WHERE NOT list_contains($sites, site_id)
