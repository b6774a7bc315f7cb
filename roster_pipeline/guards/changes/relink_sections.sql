-- one row per section that would be relinked without asking anybody
-- needs: guards.relinks
INSERT INTO guards.judged BY NAME
SELECT rowid AS record, site_id, NULL::VARCHAR AS role
FROM guards.relinks WHERE entity = 'sections' AND verdict = 'relink' AND decided_by IS NULL
