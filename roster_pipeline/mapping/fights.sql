-- one row per two rules with different courses that decide of the same sections: all of their courses hang there
-- needs: mapped.rule_matches
WITH decides AS (
  SELECT rule_id, clever_id, list(course_id ORDER BY course_id) AS courses FROM mapped.rule_matches WHERE counts GROUP BY ALL
)
SELECT a.rule_id AS one, b.rule_id AS other, count(*) AS sections
FROM decides AS a JOIN decides AS b ON a.clever_id = b.clever_id AND a.rule_id < b.rule_id AND a.courses <> b.courses
GROUP BY ALL
ORDER BY sections DESC, one, other
