-- adds what the new holds consist of, per site and role, or per sign
-- needs: guards.hold_parts, sync.holds
-- idle without: guards.hold_parts
INSERT INTO sync.hold_parts BY NAME
SELECT p.hold_id, $sync_id AS sync_id, p.site_id, p.role, p.sign, p.changes, p.of
FROM guards.hold_parts AS p JOIN sync.holds AS h ON h.hold_id = p.hold_id AND h.sync_id = $sync_id
