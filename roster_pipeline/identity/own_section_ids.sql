-- one row per shared section: the platform's id, known or derived from its first Clever id; one that comes back beside the section relinked from it is another
-- needs: roster.sections, staging.sections
INSERT INTO identity.own_section_ids BY NAME
SELECT
  s.section_n, s.clever_id,
  coalesce(c.section_id, platform_id('section', s.clever_id || if(taken.section_id IS NULL, '', ' again'))) AS section_id
FROM staging.sections AS s
LEFT JOIN roster.sections AS c ON c.clever_id = s.clever_id
LEFT JOIN (FROM roster.sections SEMI JOIN staging.sections USING (clever_id)) AS taken
  ON c.section_id IS NULL AND taken.section_id = platform_id('section', s.clever_id)
