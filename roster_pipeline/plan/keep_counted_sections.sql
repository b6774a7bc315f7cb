-- adds one row per section whose counts are others now
INSERT INTO roster.sections BY NAME FROM temp.counted_sections
