-- the same table that section_courses.sql makes; a line that somebody must look for has come the other way
CREATE OR REPLACE TABLE input.section_courses AS
SELECT section_id, course_id, NULL::INTEGER AS line FROM input.plain WHERE district = $district
