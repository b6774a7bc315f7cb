-- sections that come back under another Clever id keep the platform's id
UPDATE desired.section_ids AS i
SET section_id = r.id
FROM plan.relinks AS r
WHERE r.entity = 'sections' AND r.verdict = 'apply' AND r.new_clever_id = i.clever_id
