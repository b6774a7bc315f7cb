-- The changed fields of a record without what a login changes, which is the platform's to say and never undone.
-- needs: nothing
CREATE TEMP MACRO without_login(fields, action) AS CASE
  WHEN fields ->> '$.enrollment_status' NOT IN ('pending', 'active') THEN fields::VARCHAR
  WHEN action IN ('update', 'relink') THEN json_merge_patch(fields, '{"first_login_at": null, "enrollment_status": null}')::VARCHAR
  ELSE json_merge_patch(fields, '{"first_login_at": null, "enrollment_status": "active"}')::VARCHAR
END
