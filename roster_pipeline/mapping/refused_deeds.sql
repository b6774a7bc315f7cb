-- one row: of the deeds about a section that nobody can decide about the first, and how many there are; none when all can be done
-- needs: input.deeds, input.meant_sections
SELECT d.section, m.section_id, m.status, coalesce(m.found, 0) AS found, count(*) OVER () AS refused
FROM input.deeds AS d LEFT JOIN input.meant_sections AS m ON m.said = d.section
WHERE m.found IS DISTINCT FROM 1 OR m.status <> 'active'
ORDER BY d.no
LIMIT 1
