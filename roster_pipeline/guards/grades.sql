-- one row per grade in the order in which students pass through them
-- needs: nothing
INSERT INTO guards.grades BY NAME
FROM (VALUES
  ('InfantToddler', 0), ('Preschool', 1), ('PreKindergarten', 2), ('TransitionalKindergarten', 2), ('Kindergarten', 3), ('1', 4),
  ('2', 5), ('3', 6), ('4', 7), ('5', 8), ('6', 9), ('7', 10), ('8', 11), ('9', 12), ('10', 13), ('11', 14), ('12', 15), ('13', 16),
  ('PostGraduate', 16)
) AS grades (grade, rank)
