-- The role whose SIS id staging keeps for a person: an id says who somebody is only within it.
-- needs: nothing
CREATE TEMP MACRO sis_role(roles) AS CASE
  WHEN list_contains(roles, 'student') THEN 'student'
  WHEN list_contains(roles, 'teacher') THEN 'teacher'
  WHEN list_contains(roles, 'staff') THEN 'staff'
END
