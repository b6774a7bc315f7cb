-- adds one row per problem that this sync noticed on its way from the landing to the plan
-- needs: desired.last_known_issues, desired.scope_issues, input.platform_issues, staging.issues
INSERT INTO sync.issues BY NAME
SELECT $sync_id AS sync_id, *
FROM (FROM staging.issues UNION ALL FROM desired.scope_issues UNION ALL FROM desired.last_known_issues UNION ALL FROM input.platform_issues)
