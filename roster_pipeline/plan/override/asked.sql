-- one row: what somebody overrides now; a value that is kept is cleaned as Clever's are, or is what the roster has
-- needs: roster.sections, roster.users
INSERT INTO input.overrides BY NAME
SELECT
  $kind AS kind, $user_id AS user_id, $section_id AS section_id, $site_id AS site_id, $role AS role, $field AS field,
  coalesce(
    clean($value::VARCHAR),
    (SELECT to_json(u) ->> $field FROM roster.users AS u WHERE u.user_id = $user_id::UUID AND $field IS NOT NULL),
    (SELECT to_json(s) ->> $field FROM roster.sections AS s WHERE s.section_id = $section_id::UUID AND $field IS NOT NULL)
  ) AS value,
  $until::DATE AS until, $by AS "by", $why AS why, $at AS "at"
