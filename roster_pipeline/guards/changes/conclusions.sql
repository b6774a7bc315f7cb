-- one row per section that would be concluded before the day on which it was due
-- needs: plan.sections, roster.sections
INSERT INTO guards.judged BY NAME
SELECT p.rowid AS record, p.site_id, NULL::VARCHAR AS role
FROM plan.sections AS p JOIN roster.sections AS c USING (section_id)
WHERE p.action = 'conclude' AND p.held_by IS NULL AND coalesce(c.term_end >= $today::DATE, true)
