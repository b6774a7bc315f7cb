-- The role in which guards count a person: who is a student and something else is a student.
-- needs: nothing
CREATE TEMP MACRO main_role(roles) AS CASE
  WHEN list_contains(roles, 'student') THEN 'student'
  WHEN list_contains(roles, 'teacher') THEN 'teacher'
  ELSE 'staff'
END
