-- one row per sign that nobody has accepted, the gravest first
-- needs: guards.signs
SELECT sign, shown_as, site_id, changes, sentence, "limit", role FROM guards.signs WHERE accepted_by IS NULL ORDER BY n
