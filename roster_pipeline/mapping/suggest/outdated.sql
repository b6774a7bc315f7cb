-- takes off what is not suggested any more, or with another score or reason
-- needs: mapping.suggestions, temp.suggested
-- idle without: mapping.suggestions
DELETE FROM mapping.suggestions AS old
WHERE NOT EXISTS (FROM temp.suggested AS new WHERE new = old)
