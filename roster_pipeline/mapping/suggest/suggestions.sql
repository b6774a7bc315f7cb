-- one row per unmapped section and course that might fit it; what has not changed stands
-- needs: mapping.suggestions, temp.suggested
-- idle without: temp.suggested
INSERT INTO mapping.suggestions BY NAME
SELECT s.* FROM temp.suggested AS s ANTI JOIN mapping.suggestions USING (section_id, course_id)
