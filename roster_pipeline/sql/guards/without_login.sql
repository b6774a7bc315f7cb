-- The changed fields of a person without what the platform reports: a login brings back nothing that was undone.
CREATE OR REPLACE TEMP MACRO without_login(fields) AS
  replace(json_merge_patch(fields, '{"first_login_at": null}')::VARCHAR, '"pending"', '"active"')
