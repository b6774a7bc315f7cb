-- one row: how many people are erased, and how much of what there is of them
-- needs: plan.erasing, plan.erasing_sections, roster.overrides, roster.sections, roster.users, staging.users, sync.change_log, sync.undone
SELECT
  (SELECT count(*) FROM plan.erasing) AS people,
  (SELECT {pii_values users} FROM roster.users AS u SEMI JOIN plan.erasing USING (user_id))
    + (SELECT count(value) + count(clever_value) FROM roster.overrides SEMI JOIN plan.erasing USING (user_id)) AS roster_values,
  (
    SELECT count(*) FROM sync.change_log SEMI JOIN plan.erasing AS e ON entity = 'users' AND entity_id = e.user_id::VARCHAR
    WHERE list_bool_or(json_exists(before, {pii_in_json users})) OR list_bool_or(json_exists(after, {pii_in_json users}))
  ) AS logged_changes,
  (
    SELECT count(*) FROM sync.undone SEMI JOIN plan.erasing AS e ON entity = 'users' AND entity_id = e.user_id::VARCHAR
    WHERE list_bool_or(json_exists(refused, {pii_in_json users}))
  ) AS undone_changes,
  (SELECT count(*) FROM staging.users SEMI JOIN plan.erasing USING (clever_id)) AS staged_records,
  (
    SELECT count(*) FROM roster.sections AS s JOIN plan.erasing_sections AS e USING (section_id)
    WHERE NOT e.shared AND regexp_matches(s.name, e.pattern)
  ) AS section_names,
  (
    SELECT count(*) FROM roster.sections AS s JOIN plan.erasing_sections AS e USING (section_id)
    WHERE e.shared AND regexp_matches(s.name, e.pattern)
  ) AS shared_section_names
