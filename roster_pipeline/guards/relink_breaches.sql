-- one row per limit that relinks passed
-- needs: guards.breaches
INSERT INTO guards.relink_breaches BY NAME
FROM guards.breaches
