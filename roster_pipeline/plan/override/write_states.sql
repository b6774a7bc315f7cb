-- notes of each override that was looked at what it is worth now, and what Clever sends beside it
-- needs: roster.overrides, temp.override_states
-- idle without: temp.override_states
UPDATE roster.overrides AS o SET state = n.state, clever_value = n.clever_value
FROM temp.override_states AS n
WHERE n.no = o.no AND (n.state IS DISTINCT FROM o.state OR n.clever_value IS DISTINCT FROM o.clever_value)
