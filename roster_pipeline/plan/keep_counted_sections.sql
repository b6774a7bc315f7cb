-- adds one row per section whose counts are others now
-- needs: temp.counted_sections
INSERT INTO roster.sections BY NAME FROM temp.counted_sections
