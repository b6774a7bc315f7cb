-- one row per section, person and role, both ends known
CREATE OR REPLACE TABLE staging.enrollments AS
SELECT section, member, role, is_primary
FROM staging.section_members
SEMI JOIN staging.users ON staging.users.clever_id = staging.section_members.member
