-- one row per section and course that is to be added and to be removed; one at most
-- needs: input.deeds, input.meant_sections
SELECT m.section_id, d.course_id
FROM input.deeds AS d JOIN input.meant_sections AS m ON m.said = d.section
GROUP BY ALL HAVING count(DISTINCT d.decision) > 1
ORDER BY ALL
LIMIT 1
