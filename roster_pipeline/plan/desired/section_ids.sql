-- one row per shared section: the platform's id, known or derived from this first Clever id
CREATE OR REPLACE TABLE desired.section_ids AS
SELECT s.section_n, s.clever_id, coalesce(c.section_id, platform_id('section', s.clever_id)) AS section_id
FROM staging.sections AS s LEFT JOIN roster.sections AS c ON c.clever_id = s.clever_id
