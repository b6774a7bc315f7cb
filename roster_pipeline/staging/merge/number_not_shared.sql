-- numbers the sections of the landing after those that were staged before
-- needs: earlier.sections, staging.not_shared
UPDATE staging.not_shared SET section_n = section_n + (SELECT coalesce(max(section_n) + 1, 0) FROM earlier.sections)
