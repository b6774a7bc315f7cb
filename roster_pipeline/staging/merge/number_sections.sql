-- numbers the sections of the landing after those that were staged before
-- needs: earlier.sections, staging.sections
UPDATE staging.sections SET section_n = section_n + (SELECT coalesce(max(section_n) + 1, 0) FROM earlier.sections)
