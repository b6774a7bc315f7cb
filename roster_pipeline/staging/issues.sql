-- one row per record that could not be used, or not as a whole; the reason codes are explained in docs/clever.md
-- needs: staging.memberships, staging.section_records, staging.sections, staging.user_records, staging.user_sites, staging.users, staging.wrong_types
INSERT INTO staging.issues BY NAME
SELECT 'warning' AS severity, 'user_without_id' AS code, 'users' AS entity, NULL::VARCHAR AS record_id,
  NULL::VARCHAR AS site_id, 'A user record is unreadable or has no id; it was left out.' AS message
FROM staging.user_records WHERE clever_id IS NULL
UNION ALL
SELECT 'warning', 'user_without_role', 'users', clever_id, NULL, 'The user has no role that we know; left out.'
FROM staging.user_records
WHERE clever_id IS NOT NULL AND len(roles) = 0 AND NOT is_contact
UNION ALL
SELECT 'warning', 'user_without_site', 'users', clever_id, NULL, 'The user belongs to no school that Clever shares; left out.'
FROM staging.users ANTI JOIN staging.user_sites USING (user_n)
WHERE NOT list_contains(roles, 'district_admin')
UNION ALL
SELECT 'warning', 'section_without_id', 'sections', NULL, NULL, 'A section record is unreadable or has no id; it was left out.'
FROM staging.section_records WHERE clever_id IS NULL
UNION ALL
SELECT 'warning', 'section_without_site', 'sections', clever_id, site_id, 'The section is at no school that Clever shares; left out.'
FROM staging.section_records AS r ANTI JOIN staging.sections AS s ON s.section_n = r.rowid
WHERE clever_id IS NOT NULL
UNION ALL
SELECT 'warning', 'unknown_members', 'enrollments', s.clever_id, any_value(s.site_id),
  format('The section lists {} people whom Clever does not share with us; they were left out.', count(*))
FROM staging.memberships AS m
JOIN staging.sections AS s USING (section_n)
WHERE m.user_n IS NULL
GROUP BY s.clever_id
UNION ALL
SELECT 'warning', 'wrong_type', entity, record_id, NULL,
  format('The field {} of the record is not what Clever documents; it counts as empty.', field)
FROM staging.wrong_types
