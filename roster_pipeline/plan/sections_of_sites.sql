-- one row per section that is at a chosen site now: whoever was in it, and what hung on it, is for this sync, wherever it was before
-- needs: desired.sections
INSERT INTO plan.sections_of_sites BY NAME
SELECT section_id FROM desired.sections WHERE list_contains($sites, site_id)
