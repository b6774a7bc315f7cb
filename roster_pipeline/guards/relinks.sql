-- one row per candidate, as it is before anybody has judged or decided
-- needs: identity.candidates
INSERT INTO guards.relinks BY NAME
SELECT *, if(verdict = 'ambiguous', 'relink_ambiguous|' || entity, NULL) AS held_by FROM identity.candidates
