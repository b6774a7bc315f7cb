-- one row per section and course that somebody decides about now
-- needs: input.deeds, input.meant_sections
INSERT INTO input.decisions BY NAME
SELECT DISTINCT m.section_id, d.course_id, d.decision, $by AS "by", $why AS why, $at AS "at"
FROM input.deeds AS d JOIN input.meant_sections AS m ON m.said = d.section
