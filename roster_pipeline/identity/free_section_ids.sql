-- a Clever id that comes back beside the one its section was relinked to is a section of its own: it gets another id
UPDATE desired.section_ids AS i
SET section_id = platform_id('section', i.clever_id || ' again')
FROM roster.sections AS c
WHERE c.section_id = i.section_id
  AND c.clever_id <> i.clever_id
  AND c.clever_id IN (SELECT clever_id FROM desired.section_ids)
