-- adds the districts that the lines of a file name, when a program wrote it
INSERT OR REPLACE INTO input.named_districts
SELECT $file, district, count(*) FROM input.plain WHERE district <> $district GROUP BY district
